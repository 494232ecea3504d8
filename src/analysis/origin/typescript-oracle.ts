import type { TSESTree } from '@typescript-eslint/utils';
import type { DeclaredName, TypeOracle, ValueType } from '../facts/type-oracle.ts';

/**
 * The little that we ask of TypeScript, as ESLint's parser services offer it. Not TypeScript's own types: the plugin
 * never loads it, the one that answers may be of any version, and a declaration file that imports it would need it
 * installed.
 */
export interface TypeServices {
  readonly program: { getTypeChecker(): object };
  readonly esTreeNodeToTSNodeMap: { get(node: TSESTree.Node): object | undefined };
}

interface Checker {
  getTypeAtLocation(node: object): CheckedType;
  getTypeOfSymbolAtLocation(symbol: CheckedSymbol, node: object): CheckedType;
  getTypeArguments(type: CheckedType): readonly CheckedType[];
  getBaseConstraintOfType(type: CheckedType): CheckedType | undefined;
}

interface CheckedType {
  readonly symbol?: CheckedSymbol;
  readonly aliasSymbol?: CheckedSymbol;
  readonly aliasTypeArguments?: readonly CheckedType[];
  readonly objectFlags?: number;
  readonly types?: readonly CheckedType[];
  isUnion(): boolean;
  isIntersection(): boolean;
  getProperties(): readonly CheckedSymbol[];
  getCallSignatures(): readonly { getReturnType(): CheckedType }[];
}

interface CheckedSymbol {
  readonly name: string;
  readonly escapedName: string;
  readonly declarations?: readonly Declaration[];
}

interface Declaration {
  readonly parent?: Declaration;
  readonly name?: { readonly text?: string; getText(): string };
  readonly body?: object;
  getSourceFile(): { readonly fileName: string };
}

/** ts.ObjectFlags.Reference: a class or interface with type arguments. */
const REFERENCE = 4;
const ASYNC_ITERATOR = /^__@asyncIterator\b/;
/** More parts of a union or an intersection than anyone reads chunks of. */
const MAX_PARTS = 100;
const MAX_DEPTH = 10;

const oracles = new WeakMap<object, TypeOracle>();

/**
 * Asks TypeScript's checker; null where the services come without one, as those of oxlint and of untyped linting do.
 */
export function oracleOf(services: object | null | undefined): TypeOracle | null {
  if (!services || !isTyped(services)) return null;
  let oracle = oracles.get(services);
  if (!oracle) {
    oracle = createOracle(services as TypeServices);
    oracles.set(services, oracle);
  }
  return oracle;
}

const isTyped = ({ program, esTreeNodeToTSNodeMap }: Partial<TypeServices>): boolean =>
  typeof program?.getTypeChecker === 'function' && typeof esTreeNodeToTSNodeMap?.get === 'function';

const createOracle = ({ program, esTreeNodeToTSNodeMap }: TypeServices): TypeOracle => ({
  findTypes(node) {
    const place = esTreeNodeToTSNodeMap.get(node);
    if (!place) return null;
    const checker = program.getTypeChecker() as Checker;
    const types = partsOf(checker, checker.getTypeAtLocation(place)).map((type): ValueType => {
      return { names: namesOf(type), elements: elementsOf(checker, type, place) };
    });
    const named = types.filter(({ names, elements }) => names.length > 0 || elements.length > 0);
    return named.length > 0 ? named : null;
  },
});

/** The members of a union; what a promise resolves to; what a type parameter extends. */
function partsOf(checker: Checker, type: CheckedType, depth = 0): CheckedType[] {
  if (depth > MAX_DEPTH) return [];
  if (type.isUnion())
    return (type.types ?? []).slice(0, MAX_PARTS).flatMap((part) => partsOf(checker, part, depth + 1));
  if (type.symbol?.name === 'Promise')
    return argumentsOf(checker, type).flatMap((resolved) => partsOf(checker, resolved, depth + 1));
  const constraint = type.isIntersection() ? undefined : checker.getBaseConstraintOfType(type);
  return constraint && constraint !== type ? partsOf(checker, constraint, depth + 1) : [type];
}

/**
 * `Stream<Chunk> & { _request_id }` has no symbol, its parts have; of a union, such as all kinds of chunks, an alias
 * says enough.
 */
function namesOf(type: CheckedType): DeclaredName[] {
  const own = [type.aliasSymbol, type.symbol].flatMap((symbol) => (symbol ? nameOf(symbol) : []));
  if (own.length > 0 || !(type.isIntersection() || type.isUnion())) return own;
  return (type.types ?? []).slice(0, MAX_PARTS).flatMap((part) => namesOf(part));
}

function nameOf(symbol: CheckedSymbol): DeclaredName[] {
  const module = symbol.name.startsWith('__') ? null : findPackage(symbol); // `__type`: an object type without a name
  return module === null ? [] : [{ module, name: symbol.name }];
}

/** What the type's `[Symbol.asyncIterator]()` iterates: `AsyncGenerator<Chunk>` is the library's, `Chunk` an SDK's. */
function elementsOf(checker: Checker, type: CheckedType, place: object): DeclaredName[] {
  const method = type.getProperties().find(({ escapedName }) => ASYNC_ITERATOR.test(escapedName));
  if (!method) return [];
  const signatures = checker.getTypeOfSymbolAtLocation(method, place).getCallSignatures();
  return signatures
    .flatMap((signature) => findElement(checker, signature.getReturnType()) ?? [])
    .flatMap((element) => namesOf(element));
}

/** The first argument of `AsyncIterator<Chunk>`, also where an alias or an intersection stands for it. */
function findElement(checker: Checker, iterator: CheckedType): CheckedType | null {
  const [element] = [...argumentsOf(checker, iterator), ...(iterator.aliasTypeArguments ?? [])];
  if (element || !iterator.isIntersection()) return element ?? null;
  for (const part of iterator.types ?? []) {
    const found = findElement(checker, part);
    if (found) return found;
  }
  return null;
}

const argumentsOf = (checker: Checker, type: CheckedType): readonly CheckedType[] =>
  type.objectFlags !== undefined && (type.objectFlags & REFERENCE) !== 0 ? checker.getTypeArguments(type) : [];

/** The package that declares a symbol; null for the program's own files and for TypeScript's library. */
function findPackage({ declarations }: CheckedSymbol): string | null {
  for (const declaration of declarations ?? []) {
    const found = findAmbientModule(declaration) ?? parsePackage(declaration.getSourceFile().fileName);
    if (found !== null) return found;
  }
  return null;
}

/** `declare module 'vscode' { … }`, in whatever file it stands; a namespace's name has no quotes. */
function findAmbientModule(declaration: Declaration): string | null {
  for (let outer = declaration.parent; outer; outer = outer.parent) {
    if (outer.body && /^['"]/.test(outer.name?.getText() ?? '')) return outer.name?.text ?? null;
  }
  return null;
}

/**
 * `…/node_modules/.pnpm/openai@6/node_modules/openai/index.d.ts` is of 'openai', and `@types/a__b` describes '@a/b'.
 */
export function parsePackage(path: string): string | null {
  const name = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(path)?.[1]?.replace('\\', '/');
  if (name === undefined || name === 'typescript') return null;
  return name.startsWith('@types/') ? name.slice('@types/'.length).replace(/^(.+?)__/, '@$1/') : name;
}
