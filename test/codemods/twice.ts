import { expect } from 'vitest';
import { codemods } from '../../codemods/all.ts';
import type { CodemodOptions } from '../../codemods/codemod.ts';
import { rewriteText } from '../../codemods/rewrite.ts';

/** Rewrites a text and holds that a second run changes nothing. */
export function rewriteTwice(before: string, path = 'file.ts', options: Partial<CodemodOptions> = {}): string {
  const { text, rewrites, skipped, failed } = rewriteText(path, before, codemods, options);
  expect({ failed, skipped }).toEqual({ failed: null, skipped: [] });
  expect(rewriteText(path, text, codemods, options)).toEqual({ text, rewrites: [], skipped: [], failed: null });
  if (text !== before) expect(rewrites).not.toEqual([]);
  return text;
}

/** Why each loop of the text is left to a person; holds that the text stays as it is. */
export function findReasons(before: string, path = 'file.ts'): string[] {
  const { text, skipped, failed } = rewriteText(path, before, codemods);
  expect({ failed, text }).toEqual({ failed: null, text: before });
  return skipped.map(({ reason }) => reason);
}
