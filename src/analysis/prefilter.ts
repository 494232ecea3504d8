import { catalog } from '../providers/catalog.ts';
import type { Provider } from '../providers/provider.ts';
import { mayRequestStream } from './http-request.ts';

/** An example in a comment, behind its star or slashes, is no loop. */
export const FOR_AWAIT = /\bfor\s+await\b(?<!(?:\*|\/\/)[ \t]*for\s+await)/;
/** A chunk is pulled or listened for; far more of this is about files, sockets and processes than about models. */
const PULL_OR_LISTEN = /\.(?:(?:read|next)\s*\(\s*\)|(?:on|once|addListener)\s*\(\s*["'])/;

/** What takes pieces of whatever, one after the other: whatever is looked for stands in such a text. */
export const TAKING = new RegExp(`${FOR_AWAIT.source}|${PULL_OR_LISTEN.source}`);

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
const anyOf = (texts: readonly string[]): string => [...new Set(texts)].map(escape).join('|');

/** Whether every word of one of the lists is in the text. */
function hasAllOfOne(text: string, lists: readonly (readonly string[])[]): boolean {
  // The lists share most of their words.
  const known = new Map<string, boolean>();
  const has = (word: string): boolean => {
    const found = known.get(word) ?? text.includes(word);
    known.set(word, found);
    return found;
  };
  return lists.some((words) => words.every(has));
}

const apis = catalog.flatMap((provider) => provider.apis);
const modules = catalog.flatMap((provider) => provider.modules);
const tests = apis.flatMap(({ fingerprint }) => fingerprint);

/** A module of the catalog, or one inside it. */
const MODULE = new RegExp(`["'](?:${anyOf(modules.map((name) => name.replace(/\/$/, '')))})(?:/[^"'\\n]*)?["']`);
/** A request for a stream, or the address of one. */
const REQUEST = /\bstream["']?\s*[:=]\s*(?:true\b|!0)|\balt["']?\s*[:=]\s*["']?sse\b|streamGenerateContent|chat\/completions|v1\/(?:messages|completions|responses)\b|api\/(?:chat|generate)\b|converse-stream/;
/** Members, types and words in chunks that tell where no import does. */
const NAME = new RegExp(`\\b(?:${anyOf([...apis.flatMap(({ telling = [], typeTells = [] }) => [...telling, ...typeTells]), ...tests.flatMap(({ values }) => values ?? [])])})\\b`);
const wordsOf = (names: string): readonly string[] => names.match(/\w+/g) ?? [];
/** A long word is rarer than a short one, and sooner looked for. */
const longestFirst = (words: readonly string[]): readonly string[] => words.toSorted((a, b) => b.length - a.length);
/** Likewise, in more than one word: 'bindTools().stream'. */
const WORDS = [
  ...apis.flatMap(({ nameTells = [] }) => nameTells.map(wordsOf)),
  ...tests.filter(({ values }) => values === null).map(({ path }) => path.filter((step) => typeof step === 'string')),
].map(longestFirst);
/** Members of anything that are asked for a stream by a flag, whose value may stand elsewhere. */
const FLAGGED = apis.flatMap(({ name, aliases, enabledBy }) =>
  enabledBy ? [name, ...aliases].filter((call) => call.includes('.')).map((call) => longestFirst([...wordsOf(call), ...enabledBy.path])) : [],
);

const isAboutModels = (text: string): boolean =>
  MODULE.test(text) || REQUEST.test(text) || NAME.test(text) || hasAllOfOne(text, WORDS);

const mayAskForStream = (text: string): boolean => hasAllOfOne(text, FLAGGED) || mayRequestStream(text);

/** A module of the user's own is named by its last step, which every way of spelling it has: 'ask' of `*` + `/llm/ask.ts`. */
const lastStep = (module: string): string => /([^/*]*?)(?:\/index)?(?:\.[cm]?[jt]sx?)?\/?$/.exec(module)![1]!;

const isAboutOwn = (text: string, own: readonly Provider[]): boolean => own.some(({ modules }) => modules.some((module) => text.includes(lastStep(module))));

function mayHold(text: string, own: readonly Provider[], isTyped: boolean): boolean {
  if (FOR_AWAIT.test(text)) return isTyped || isAboutModels(text) || mayAskForStream(text) || isAboutOwn(text, own);
  return PULL_OR_LISTEN.test(text) && (isAboutModels(text) || isAboutOwn(text, own));
}

/** The last answer: every rule asks about every file, one rule after the other. */
let last: { readonly text: string; readonly own: readonly Provider[]; readonly isTyped: boolean; readonly may: boolean } | null = null;

/**
 * Whether a file can hold a stream loop at all, of the catalog's streams or the user's own; most cannot, and are never parsed. Where types
 * are at hand, nothing in a file need name a model: what `for await` iterates may come from anywhere.
 */
export function mayHoldStreamLoop(text: string, own: readonly Provider[] = [], isTyped = false): boolean {
  const isSame = last?.text === text && last.isTyped === isTyped && (last.own === own || last.own.length + own.length === 0);
  if (!last || !isSame) {
    last = { text, own, isTyped, may: mayHold(text, own, isTyped) };
  }
  return last.may;
}
