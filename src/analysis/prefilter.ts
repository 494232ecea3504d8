import { catalog } from '../providers/catalog.ts';
import type { Provider } from '../providers/provider.ts';

const FOR_AWAIT = /\bfor\s+await\b/;
/** A chunk is pulled or listened for; far more of this is about files, sockets and processes than about models. */
const PULL_OR_LISTEN = /\.(?:read|next)\s*\(\s*\)|\.(?:on|once|addListener)\s*\(\s*["']/;

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
const anyOf = (texts: readonly string[]): string => [...new Set(texts)].map(escape).join('|');

const apis = catalog.flatMap((provider) => provider.apis);
const modules = catalog.flatMap((provider) => provider.modules);
const tests = apis.flatMap(({ fingerprint }) => fingerprint);

/** A module of the catalog, or one inside it. */
const MODULE = new RegExp(`["'](?:${anyOf(modules.map((name) => name.replace(/\/$/, '')))})(?:/[^"'\\n]*)?["']`);
/** A request for a stream, or the address of one. */
const REQUEST = /\bstream["']?\s*[:=]\s*(?:true\b|!0)|\balt["']?\s*[:=]\s*["']?sse\b|streamGenerateContent|chat\/completions|v1\/(?:messages|completions|responses)\b|api\/(?:chat|generate)\b|converse-stream/;
/** Members and words in chunks that tell where no import does. */
const NAME = new RegExp(`\\b(?:${anyOf([...apis.flatMap(({ telling = [], nameTells = [] }) => [...telling, ...nameTells]), ...tests.flatMap(({ values }) => values ?? [])])})\\b`);
const PATHS = tests.filter(({ values }) => values === null).map(({ path }) => path.filter((step) => typeof step === 'string'));

const isAboutModels = (text: string): boolean =>
  MODULE.test(text) || REQUEST.test(text) || NAME.test(text) || PATHS.some((words) => words.every((word) => text.includes(word)));

/** A module of the user's own is named by its last step, which every way of spelling it has: 'ask' of `*` + `/llm/ask.ts`. */
const lastStep = (module: string): string => /([^/*]*?)(?:\/index)?(?:\.[cm]?[jt]sx?)?\/?$/.exec(module)![1]!;

const isAboutOwn = (text: string, own: readonly Provider[]): boolean => own.some(({ modules }) => modules.some((module) => text.includes(lastStep(module))));

/** The last answer: every rule asks about every file, one rule after the other. */
let last: { readonly text: string; readonly own: readonly Provider[]; readonly may: boolean } | null = null;

/** Whether a file can hold a stream loop at all, of the catalog's streams or the user's own; most cannot, and are never parsed. */
export function mayHoldStreamLoop(text: string, own: readonly Provider[] = []): boolean {
  const isSame = last?.text === text && (last.own === own || last.own.length + own.length === 0);
  if (!last || !isSame) {
    last = { text, own, may: FOR_AWAIT.test(text) || (PULL_OR_LISTEN.test(text) && (isAboutModels(text) || isAboutOwn(text, own))) };
  }
  return last.may;
}
