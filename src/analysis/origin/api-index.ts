import { catalog } from '../../providers/catalog.ts';
import type { Provider, StreamApi } from '../../providers/provider.ts';
import type { ChunkRead } from '../loops/chunk-reads.ts';
import { isModule } from './api-members.ts';

export interface KnownApi {
  readonly provider: Provider;
  readonly api: StreamApi;
}

/**
 * The catalog by what a program writes. Nearly every path and every read of a program is of no API; one look says so.
 */
interface ApiIndex {
  /** By a module's scope or first step: '@langchain', 'openai'. */
  readonly byPackage: ReadonlyMap<string, readonly Provider[]>;
  /** By the methods that end their names, those that a member of anything may be. */
  readonly byMethod: ReadonlyMap<string, readonly KnownApi[]>;
  readonly byTelling: ReadonlyMap<string, readonly KnownApi[]>;
  readonly byTellingType: ReadonlyMap<string, readonly KnownApi[]>;
  /** By the methods that end `nameTells`. */
  readonly byTellingMethod: ReadonlyMap<string, readonly KnownApi[]>;
  /** By where a fingerprint starts in the chunk. */
  readonly byChunkMember: ReadonlyMap<string, readonly KnownApi[]>;
}

let index: ApiIndex | null = null;

/** Made when the first file asks: loading the plugin is to cost little. */
const indexOfApis = (): ApiIndex => (index ??= buildIndex());

function buildIndex(): ApiIndex {
  const apis = catalog.flatMap((provider) => provider.apis.map((api): KnownApi => ({ provider, api })));
  const ofAnything = apis.filter(({ api: { reach } }) => reach === 'client' || reach === 'any');
  return {
    byPackage: groupBy(catalog, ({ modules }) => modules.map(packageOf)),
    byMethod: groupBy(ofAnything, ({ api }) => [api.name, ...api.aliases].map(lastMember)),
    byTelling: groupBy(apis, ({ api }) => api.telling),
    byTellingType: groupBy(apis, ({ api }) => api.typeTells),
    byTellingMethod: groupBy(apis, ({ api }) => api.nameTells.map(lastMember)),
    byChunkMember: groupBy(apis, ({ api }) =>
      api.fingerprint.map(({ path: [first] }) => (typeof first === 'string' ? first : ANY)),
    ),
  };
}

/** Of the chunks that no member's name starts the way into: indexes, and the chunk itself. */
const ANY = '*';

function groupBy<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}

const packageOf = (module: string): string => /^[^/]*/.exec(module)![0];
const lastMember = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** What stands under the keys, in the order of the catalog. */
function findUnder(groups: ReadonlyMap<string, readonly KnownApi[]>, keys: Iterable<string>): readonly KnownApi[] {
  const found = [...new Set(keys)].flatMap((key) => groups.get(key) ?? []);
  return found.length < 2 ? found : [...new Set(found)].sort((a, b) => orderOf(a) - orderOf(b));
}

const orderOf = ({ provider, api }: KnownApi): number => catalog.indexOf(provider) * 1_000 + provider.apis.indexOf(api);

export const findProvidersOf = (module: string): readonly Provider[] =>
  (indexOfApis().byPackage.get(packageOf(module)) ?? []).filter(({ modules }) =>
    modules.some((name) => isModule(module, name)),
  );

/** APIs whose names end with one of the methods, whatever they are called on. */
export const findByMethods = (methods: readonly string[]): readonly KnownApi[] =>
  findUnder(indexOfApis().byMethod, methods);

/** APIs whose stream is told by the name of a member. */
export const findByTelling = (member: string): readonly KnownApi[] => indexOfApis().byTelling.get(member) ?? [];

/** APIs whose stream is told by the name of its type, whatever module passes it on. */
export const findByTellingType = (name: string): readonly KnownApi[] => indexOfApis().byTellingType.get(name) ?? [];

/** APIs that may be told by the name of a method alone; `nameTells` may ask for more. */
export const findByTellingMethod = (method: string): readonly KnownApi[] =>
  indexOfApis().byTellingMethod.get(method) ?? [];

/** APIs whose fingerprint starts where one of the reads does. */
export const findByReads = (reads: readonly ChunkRead[]): readonly KnownApi[] =>
  findUnder(
    indexOfApis().byChunkMember,
    reads.map(({ path: [first = ANY] }) => first),
  );
