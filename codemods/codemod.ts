import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import type { StreamLoop } from '../src/analysis/stream-loop.ts';
import type { TextEdit } from './edits.ts';

export interface CodemodOptions {
  /** The module specifier that the helper is imported from. @default 'resilient-stream' */
  readonly helper: string;
  /** The file's path, of which only the ending counts: it tells TypeScript, and modules from CommonJS. Absent: the text alone tells. */
  readonly path?: string | undefined;
}

export const defaultOptions: CodemodOptions = { helper: 'resilient-stream' };

/** What the rewritten code uses of the helper. */
export const HELPER = 'resilientStream';
export const RESTART = 'restart';

/** What a codemod does to one loop. */
export interface Rewrite {
  /** Line of the loop, from 1. */
  readonly line: number;
  readonly codemod: string;
  readonly loop: StreamLoop;
  /** Complete for themselves, imports included: an editor's suggestion applies exactly these. */
  readonly edits: readonly TextEdit[];
  /** What `edits` use of the helper, by its exported names. */
  readonly imports: readonly string[];
}

/** A loop that is left to a person. */
export interface Skip {
  /** Line of the loop, from 1. */
  readonly line: number;
  /** One sentence: what is in the way, and what a person can do about it. */
  readonly reason: string;
}

export interface Codemod {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  findRewrites(source: ParsedSource, options: CodemodOptions): { readonly rewrites: readonly Rewrite[]; readonly skipped: readonly Skip[] };
  /** Whole modules: tests and docs are made of them. */
  readonly examples: readonly { readonly before: string; readonly after: string }[];
}
