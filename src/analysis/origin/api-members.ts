import type { StreamApi } from '../../providers/provider.ts';
import type { Step } from '../values/access-path.ts';

const ENDING = /(?:\/index)?\.[cm]?[jt]sx?$/;

/**
 * A file of the program's own is named by the end of its path, for each importer spells the start of it differently:
 * `*` and `/llm/ask`.
 */
export function isModule(specifier: string, name: string): boolean {
  if (name.startsWith('*')) return specifier.replace(ENDING, '').endsWith(name.slice(1).replace(ENDING, ''));
  return specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`);
}

const split = new Map<string, readonly string[]>();

/** 'chats.create().sendMessageStream' as 'chats', 'create', '()', 'sendMessageStream'. */
function splitNames(names: string): readonly string[] {
  const known = split.get(names) ?? names.replaceAll('()', '.()').split('.');
  split.set(names, known);
  return known;
}

/** Where the steps that `names` spells end ('chats.create().sendMessageStream'); -1 where they are others. */
export function matchNames(steps: readonly Step[], start: number, names: string): number {
  let index = start;
  for (const name of splitNames(names)) {
    const step = steps[index++];
    const same = name === '()' ? step?.kind === 'call' : step?.kind === 'member' && step.name === name;
    if (!same) return -1;
  }
  return index;
}

/**
 * What is done to the call's result leaves it a stream: `.withResponse()` and its `data`, `.on(…)`, the member that is
 * iterated.
 */
export function givesStream(api: StreamApi, steps: readonly Step[]): boolean {
  const [first, second, third] = steps;
  if (first?.kind === 'member' && second?.kind === 'call') {
    if (api.chainable.includes(first.name)) return givesStream(api, steps.slice(2));
    if (api.withResponse && first.name === 'withResponse')
      return third?.kind === 'member' && third.name === 'data' && givesStream(api, steps.slice(3));
  }
  if (api.iterables.length === 0) return steps.length === 0;
  return api.iterables.some((name) => (name === '' ? steps.length === 0 : matchNames(steps, 0, name) === steps.length));
}
