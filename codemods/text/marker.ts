import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import { findIndentation, findStyle } from './style.ts';

/** Opens the comment by which a codemod leaves a decision to a person: `// TODO(resilient-stream): …`. */
export const MARKER = 'TODO(resilient-stream)';

/** Writes the comment above a statement; [] where the statement has one already. */
export function markStatement(
  source: ParsedSource,
  { range: [start] }: TSESTree.Node,
  what: string,
): readonly TextEdit[] {
  const { text } = source;
  const above = text
    .slice(0, start)
    .trimEnd()
    .split(/\r\n|[\r\n]/)
    .at(-1)!;
  if (above.includes(MARKER)) return [];
  return [insertAt(start, `// ${MARKER}: ${what}${findStyle(source).newline}${findIndentation(text, start)}`)];
}
