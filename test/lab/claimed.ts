import type { Provider, StreamApi } from '../../src/providers/provider.ts';
import type { Proof } from './sdk.ts';

/** A module of the provider, or a sub-path of one; `@langchain/` stands for all of a scope. */
export const isOf = ({ modules }: Provider, module: string): boolean => modules.some((each) => module === each || module.startsWith(each.endsWith('/') ? each : `${each}/`));

/** The catalog's entry that an entry point proves; `null` while there is none. */
export function findClaimed(catalog: readonly Provider[], { module, api, iterable }: Proof): StreamApi | null {
  const apis = catalog.filter((provider) => isOf(provider, module)).flatMap((provider) => provider.apis);
  const named = apis.filter(({ name, aliases }) => name === api || aliases.includes(api));
  return named.find(({ iterables }) => (iterable === null ? true : iterables.includes(iterable))) ?? null;
}
