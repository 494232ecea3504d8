import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from '../src/analysis/source/file-memory.ts';
import { type Codemod, defaultOptions, type Rewrite } from '../codemods/contract/codemod.ts';
import type { FileFacts, OptionSpec } from './rule.ts';

/** Of each file, by codemod and helper: rules share it, and ask for one loop after another. */
const known = new FileMemory<Map<string, readonly Rewrite[]>>();

/** What a codemod does to a loop, byte for byte; null where it leaves the loop alone. */
export function findRewrite(
  { source, path }: FileFacts,
  loop: TSESTree.Node,
  codemod: Codemod,
  helper: string,
): Rewrite | null {
  const rewrites = known.get(source.ast) ?? new Map<string, readonly Rewrite[]>();
  known.set(source.ast, rewrites);
  const key = `${codemod.name} ${helper}`;
  let found = rewrites.get(key);
  if (!found) rewrites.set(key, (found = codemod.findRewrites(source, { helper, path }).rewrites));
  return found.find((rewrite) => rewrite.loop?.node === loop) ?? null;
}

/** For rules whose suggestions import the helper. */
export const helperOption: OptionSpec<string> = {
  schema: { type: 'string', minLength: 1 },
  default: defaultOptions.helper,
  description: 'The module that suggestions import the helper from.',
};
