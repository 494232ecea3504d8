import { catalog } from '../../providers/catalog.ts';
import type { Provider } from '../../providers/provider.ts';
import { hasFingerprint } from './fingerprint-text.ts';
import { mayRequestStream } from './http-request.ts';
import { FOR_AWAIT, PULL_OR_LISTEN } from '../source/chunk-reading-text.ts';
import { anyOf, createWordTest } from './word-lists.ts';

const apis = catalog.flatMap((provider) => provider.apis);
const modules = catalog.flatMap((provider) => provider.modules);

/** A module of the catalog, or one inside it. */
const MODULE = new RegExp(`["'](?:${anyOf(modules.map((name) => name.replace(/\/$/, '')))})(?:/[^"'\\n]*)?["']`);
/** A request for a stream, or the address of one. */
const REQUEST =
  /\bstream["']?\s*[:=]\s*(?:true\b|!0)|\balt["']?\s*[:=]\s*["']?sse\b|streamGenerateContent|chat\/completions|v1\/(?:messages|completions|responses)\b|api\/(?:chat|generate)\b|converse-stream/;
const wordsOf = (names: string): readonly string[] => names.match(/\w+/g) ?? [];
/**
 * Members and types that tell where no import does, and methods, some of them in more than one word:
 * 'bindTools().stream'.
 */
const hasName = createWordTest(
  apis.flatMap(({ telling, typeTells, nameTells }) => [...telling, ...typeTells, ...nameTells].map(wordsOf)),
);
/** Members of anything that are asked for a stream by a flag, whose value may stand elsewhere. */
const hasFlagged = createWordTest(
  apis.flatMap(({ name, aliases, enabledBy }) =>
    enabledBy
      ? [name, ...aliases].filter((call) => call.includes('.')).map((call) => [...wordsOf(call), ...enabledBy.path])
      : [],
  ),
);

const isAboutModels = (text: string): boolean =>
  MODULE.test(text) || REQUEST.test(text) || hasName(text) || hasFingerprint(text);

const mayAskForStream = (text: string): boolean => hasFlagged(text) || mayRequestStream(text);

/**
 * A module of the user's own is named by its last step, which every way of spelling it has: 'ask' of `*` +
 * `/llm/ask.ts`.
 */
const lastStep = (module: string): string => /([^/*]*?)(?:\/index)?(?:\.[cm]?[jt]sx?)?\/?$/.exec(module)![1]!;

const isAboutOwn = (text: string, own: readonly Provider[]): boolean =>
  own.some(({ modules }) => modules.some((module) => text.includes(lastStep(module))));

function mayHold(text: string, own: readonly Provider[], isTyped: boolean): boolean {
  if (FOR_AWAIT.test(text)) return isTyped || isAboutModels(text) || mayAskForStream(text) || isAboutOwn(text, own);
  return PULL_OR_LISTEN.test(text) && (isAboutModels(text) || isAboutOwn(text, own));
}

/** The last answer: every rule asks about every file, one rule after the other. */
let last: {
  readonly text: string;
  readonly own: readonly Provider[];
  readonly isTyped: boolean;
  readonly may: boolean;
} | null = null;

/**
 * Whether a file can hold a stream loop at all, of the catalog's streams or the user's own; most cannot, and are never
 * parsed. Where types are at hand, nothing in a file need name a model: what `for await` iterates may come from
 * anywhere.
 */
export function mayHoldStreamLoop(text: string, own: readonly Provider[] = [], isTyped = false): boolean {
  const isSame =
    last?.text === text && last.isTyped === isTyped && (last.own === own || last.own.length + own.length === 0);
  if (!last || !isSame) {
    last = { text, own, isTyped, may: mayHold(text, own, isTyped) };
  }
  return last.may;
}
