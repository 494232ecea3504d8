import type { Provider } from '../../src/providers/provider.ts';
import { findClaimed } from './claimed.ts';
import type { Sdk } from './sdk.ts';

/** The catalog's entries that no entry point of the lab proves, in Markdown. */
export function printUnproven(catalog: readonly Provider[], sdks: readonly Sdk[]): string {
  const proven = new Set(
    sdks.flatMap(({ entryPoints }) =>
      entryPoints.flatMap(({ proves }) => (proves ? [findClaimed(catalog, proves)] : [])),
    ),
  );
  const lines = catalog.flatMap(({ title, apis }) => {
    const names = apis
      .filter((api) => !proven.has(api))
      .map(({ name, iterables }) => `\`${[name, ...iterables].join(' ')}\``);
    return names.length > 0 ? [`- ${title}: ${names.join(', ')}`] : [];
  });
  return lines.length > 0 ? `### Not proven here\n\n${lines.join('\n')}` : '';
}
