import type { Provider, StreamApi } from '../../src/providers/provider.ts';
import type { Proof } from './sdk.ts';

/**
 * A module of the provider, or a sub-path of one; `@langchain/` stands for all of a scope. HTTP without an SDK has no
 * module.
 */
export const isOf = ({ modules }: Provider, module: string): boolean =>
  (module === '' && modules.length === 0) ||
  modules.some((each) => module === each || module.startsWith(each.endsWith('/') ? each : `${each}/`));

/** The catalog's entry that an entry point proves; `null` while there is none. */
export function findClaimed(
  catalog: readonly Provider[],
  { module, api, iterable, reach, of }: Proof,
): StreamApi | null {
  const apis = catalog.filter((provider) => isOf(provider, module)).flatMap((provider) => provider.apis);
  const named = apis.filter(
    (each) =>
      (each.name === api || each.aliases.includes(api)) &&
      (!reach || each.reach === reach) &&
      (!of || !each.of || each.of.includes(of)),
  );
  return named.find(({ iterables }) => (iterable === null ? true : iterables.includes(iterable))) ?? null;
}
