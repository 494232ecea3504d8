import type { Hints } from '../../src/analysis/facts/file-hints.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import type { Provider } from '../../src/providers/provider.ts';
import type { TextEdit } from './edits.ts';
import type { Forms } from './forms.ts';

export interface CodemodOptions {
  /** The module specifier that the helper is imported from. @default 'resilient-stream' */
  readonly helper: string;
  /**
   * What becomes of the SDK's own `timeout`, which mostly bounds the headers only: 'keep' leaves it at that, 'limit'
   * makes it the helper's limit for the whole answer too, as whoever wrote it may have meant.
   * @default 'keep'
   */
  readonly timeouts?: TimeoutMeaning | undefined;
  /**
   * Where a stream has a type of the SDK's own, such as `Stream<Chunk>`, that becomes `AsyncIterable<Chunk>`, which the
   * helper's stream fits too.
   * @default false
   */
  readonly widenTypes?: boolean | undefined;
  /**
   * The file's path, of which only the ending counts: it tells TypeScript, and modules from CommonJS. Absent: the text
   * alone tells.
   */
  readonly path?: string | undefined;
  /** What is known of the file beside its text. */
  readonly hints?: Hints;
}

export type TimeoutMeaning = 'keep' | 'limit';

export const defaultOptions: CodemodOptions = { helper: 'resilient-stream' };

/** What the rewritten code uses of the helper. */
export const HELPER = 'resilientStream';
export const RESTART = 'restart';
/** All names that codemods take from it. */
export const EXPORTS: readonly string[] = [HELPER, RESTART, 'sse', 'ndjson'];

/** What a codemod does at one place. */
export interface Rewrite {
  /** Line of what is rewritten, from 1: of the loop, where it is one. */
  readonly line: number;
  readonly codemod: string;
  /** null where it is about something else. */
  readonly loop: StreamLoop | null;
  /** Complete for themselves, imports included: an editor's suggestion applies exactly these. */
  readonly edits: readonly TextEdit[];
  /** What the edits put into a function that runs it later, and perhaps again: the request. Ranges of the original. */
  readonly deferred: readonly TextEdit['range'][];
  /** What `edits` use of the helper, by its exported names. */
  readonly imports: readonly string[];
}

/** What is left to a person. */
export interface Skip {
  /** Line of what is left, from 1. */
  readonly line: number;
  /** One sentence: what is in the way, and what a person can do about it. */
  readonly reason: string;
  /** Absent where it is about something else. */
  readonly loop?: StreamLoop | null;
}

export interface Codemod {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Whether a text can hold what is rewritten; most cannot, and are never parsed. */
  readonly mayHold: (text: string, own?: readonly Provider[], isTyped?: boolean) => boolean;
  findRewrites(
    source: ParsedSource,
    options: CodemodOptions,
  ): { readonly rewrites: readonly Rewrite[]; readonly skipped: readonly Skip[] };
  /** What its edits may look like; the proof accepts no others. */
  readonly forms: (options: CodemodOptions) => Forms;
  /** Names of the rules that have nothing to say of a place any more once it is rewritten. */
  readonly resolves: readonly string[];
  /** Whole modules: tests and docs are made of them. */
  readonly examples: readonly { readonly before: string; readonly after: string }[];
}

/** The forms of some options, which are made once for as long as these stay the same. */
export function rememberForms(create: (options: CodemodOptions) => Forms): (options: CodemodOptions) => Forms {
  let last: { readonly key: readonly unknown[]; readonly forms: Forms } | null = null;
  return (options) => {
    const key = [options.helper, options.widenTypes === true, options.hints?.own];
    if (!last?.key.every((each, index) => each === key[index])) last = { key, forms: create(options) };
    return last.forms;
  };
}
