import { catalog } from '../../providers/catalog.ts';
import type { Provider, StreamApi } from '../../providers/provider.ts';
import { findSimilar } from './did-you-mean.ts';

/** An export of the user's own that behaves as a stream, or a client, of the catalog. */
export interface OwnExport {
  /**
   * As it is imported, sub-paths included; `*` and the end of a path stand for however a file spells the way there: `*`
   * + `/llm/ask`.
   */
  readonly module: string;
  /** The export, and members of it: 'ask', 'default', 'Llm.ask' for `new Llm().ask()`. */
  readonly name: string;
  /** A provider, or the start of one of its APIs: 'anthropic', 'openai.chat', 'openai.chat.completions.create'. */
  readonly like: string;
}

/** What a user may set under `settings['resilient-stream']`. */
export interface StreamSettings {
  /** Functions that give a stream. */
  readonly streams?: readonly OwnExport[];
  /** Clients, their classes, and functions that make them. */
  readonly clients?: readonly OwnExport[];
  /** Packages that export what an SDK exports. */
  readonly modules?: readonly Omit<OwnExport, 'name'>[];
}

/** The message names the place, the mistake, and what may have been meant. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const ROOT = `settings['resilient-stream']`;
const KINDS = ['streams', 'clients', 'modules'] as const;
const none: readonly Provider[] = [];
/** By the settings' text: the same settings give the same object, whoever hands them in. */
const known = new Map<string, readonly Provider[]>();

/**
 * The user's own streams as entries beside the catalog's. `root` is what the settings are called where they stand.
 *
 * @throws {SettingsError} where the settings are wrong.
 */
export function parseSettings(given: unknown, root = ROOT): readonly Provider[] {
  if (given === undefined || given === null) return none;
  const text = JSON.stringify(given) ?? typeof given;
  let providers = known.get(text);
  if (!providers) {
    const settings = readObject(given, root, KINDS);
    providers = KINDS.flatMap((kind) =>
      readList(settings[kind], `${root}.${kind}`).map((entry, index) =>
        parseEntry(kind, entry, `${root}.${kind}[${index}]`),
      ),
    );
    known.set(text, providers);
  }
  return providers;
}

function parseEntry(kind: (typeof KINDS)[number], given: unknown, place: string): Provider {
  const fields = kind === 'modules' ? ['module', 'like'] : ['module', 'name', 'like'];
  const entry = readObject(given, place, fields);
  const [module, like] = [readText(entry['module'], `${place}.module`), readText(entry['like'], `${place}.like`)];
  const { provider, apis } = findLike(like, `${place}.like`);
  if (kind === 'modules') return { ...provider, modules: [module] };
  const name = readText(entry['name'], `${place}.name`);
  // What an API is named for counts in the SDK only.
  const plain = { aliases: [], of: null, nameTells: [], telling: [], types: [], fingerprint: [] };
  if (kind === 'streams')
    return {
      ...ownProvider(provider, module),
      apis: [{ ...apis[0]!, ...plain, ...outOfSight, name, reach: 'wrapper' }],
    };
  const methods = apis.filter(({ reach }) => reach === 'client' || reach === 'any');
  if (methods.length === 0)
    throw new SettingsError(
      `${place}: ${provider.title} has no client; name the function that gives the stream under 'streams'.`,
    );
  const named = {
    clients: [name],
    factories: [name],
    instances: [name],
    sameClient: provider.sameClient,
    withOptions: provider.withOptions,
  };
  return {
    ...ownProvider(provider, module),
    ...named,
    apis: methods.map((api) => ({ ...api, ...plain, aliases: api.aliases, reach: 'client' })),
  };
}

/** The provider's facts, without what it exports. */
const ownProvider = (provider: Provider, module: string): Provider => ({
  ...provider,
  modules: [module],
  typeModules: [],
  clients: [],
  factories: [],
  instances: [],
  sameClient: [],
  withOptions: [],
});

/** The request is inside the wrapper, and its options with it. */
const outOfSight = {
  enabledBy: null,
  command: null,
  signal: null,
  retries: null,
  timeouts: [],
  withResponse: false,
} satisfies Partial<StreamApi>;

/** The provider, and its APIs that begin so, the likeliest first. */
function findLike(like: string, place: string): { readonly provider: Provider; readonly apis: readonly StreamApi[] } {
  const [id = '', ...members] = like.split('.');
  const provider = catalog.find((provider) => provider.id === id);
  if (!provider)
    throw new SettingsError(
      `${place}: there is no provider '${id}'; ${suggest(
        id,
        catalog.map((provider) => provider.id),
        members,
      )}`,
    );
  const apis = provider.apis.filter(({ name, aliases }) =>
    [name, ...aliases].some((path) => `${path}.`.startsWith(`${members.join('.')}.`) || members.length === 0),
  );
  const starts = [
    ...new Set(
      provider.apis.flatMap(({ name }) => name.split('.').map((_, index, all) => all.slice(0, index + 1).join('.'))),
    ),
  ];
  if (apis.length === 0)
    throw new SettingsError(
      `${place}: ${provider.title} has no stream '${members.join('.')}'; ${suggest(members.join('.'), starts, [], `${id}.`)}`,
    );
  // Those of single classes are the special cases.
  return { provider, apis: [...apis.filter(({ of }) => !of), ...apis.filter(({ of }) => of)] };
}

function suggest(name: string, names: readonly string[], rest: readonly string[] = [], before = ''): string {
  const similar = findSimilar(name, names);
  return similar === null
    ? `there are ${names.map((other) => `'${before}${other}'`).join(', ')}.`
    : `did you mean '${before}${[similar, ...rest].join('.')}'?`;
}

function readObject(given: unknown, place: string, fields: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new SettingsError(
      `${place} is ${describe(given)}; it is an object with ${fields.map((field) => `'${field}'`).join(', ')}.`,
    );
  const unknown = Object.keys(given).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new SettingsError(`${place} has no '${unknown}'; ${suggest(unknown, fields)}`);
  return given as Readonly<Record<string, unknown>>;
}

function readList(given: unknown, place: string): readonly unknown[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new SettingsError(`${place} is ${describe(given)}; it is a list.`);
  return given;
}

function readText(given: unknown, place: string): string {
  if (typeof given !== 'string' || given === '')
    throw new SettingsError(`${place} is ${describe(given)}; it is a text.`);
  return given;
}

function describe(given: unknown): string {
  if (given === undefined) return 'missing';
  if (Array.isArray(given)) return 'a list';
  return given === null || typeof given !== 'object' ? (JSON.stringify(given) ?? typeof given) : 'an object';
}
