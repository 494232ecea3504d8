import type { ScopeManager } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';

/**
 * One file, parsed. ESLint's `SourceCode` has this shape already; outside ESLint `parseSource` makes it.
 * Nodes have their `parent`, offsets count UTF-16 units of `text`.
 */
export interface ParsedSource {
  readonly text: string;
  readonly ast: TSESTree.Program;
  readonly scopeManager: ScopeManager | null;
  readonly visitorKeys: Readonly<Record<string, readonly string[] | undefined>>;
}
