import { expect } from 'vitest';
import type { Codemod, CodemodOptions } from '../../codemods/contract/codemod.ts';
import { rewriteText } from '../../codemods/rewrite.ts';
import { codemod as wrapping } from '../../codemods/wrap-in-resilient-stream.ts';
import preferResilientStream from '../../rules/prefer-resilient-stream.ts';
import { expectTheCodemodsEdits } from '../rules/suggestions.ts';

/** Rewrites a text, and holds that a second run changes nothing and that ESLint's suggestions are the same edits. */
export function rewriteTwice(
  before: string,
  path = 'file.ts',
  options: Partial<CodemodOptions> = {},
  codemod: Codemod = wrapping,
): string {
  const { text, rewrites, skipped, failed } = rewriteText(path, before, [codemod], options);
  expect({ failed, skipped }).toEqual({ failed: null, skipped: [] });
  expect(rewriteText(path, text, [codemod], options)).toEqual({ text, rewrites: [], skipped: [], failed: null });
  if (text !== before) expect(rewrites).not.toEqual([]);
  if (codemod === wrapping) expectTheCodemodsEdits(preferResilientStream, wrapping, path, before, options.helper);
  return text;
}

/** Why each loop of the text is left to a person; holds that the text stays as it is. */
export function findReasons(before: string, path = 'file.ts', codemod: Codemod = wrapping): string[] {
  const { text, skipped, failed } = rewriteText(path, before, [codemod]);
  expect({ failed, text }).toEqual({ failed: null, text: before });
  if (codemod === wrapping) expectTheCodemodsEdits(preferResilientStream, wrapping, path, before);
  return skipped.map(({ reason }) => reason);
}
