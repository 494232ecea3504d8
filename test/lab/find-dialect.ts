import { dialects } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';

/** The dialect whose path ends the request's path: of several, the one with the longest. */
export function findDialect(path: string): Dialect {
  const bare = path.split('?')[0] ?? '';
  const [found] = Object.values<Dialect>(dialects)
    .filter(
      (dialect) =>
        !dialect.isVariant && (bare.endsWith(dialect.path) || (dialect.created && bare.endsWith('/predictions'))),
    )
    .sort((a, b) => b.path.length - a.path.length);
  if (!found) throw new Error(`The fault server speaks no dialect for ${path}.`);
  return found;
}
