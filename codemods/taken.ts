import { bodyOf, countReads, findDifference, isNamed, isType, listOf, nameOf, type Node } from './babel.ts';
import { EXPORTS, HELPER, RESTART } from './contract/codemod.ts';

/** A name that a file takes from the helper's module. */
interface Taken {
  readonly exported: string;
  readonly local: string;
}

const takenFrom = (file: Node, helper: string): Taken[] =>
  bodyOf(file).flatMap((statement) => [...(findTaken(statement, helper)?.values() ?? [])]);

/** The names that a statement takes from the helper's module, by their nodes; null where it takes none. */
function findTaken(statement: Node, helper: string): Map<Node, Taken> | null {
  if (statement.type === 'ImportDeclaration') {
    if ((statement['source'] as Node)['value'] !== helper || statement['importKind'] === 'type') return null;
    const named = listOf(statement['specifiers']).filter(
      ({ type, importKind }) => type === 'ImportSpecifier' && importKind !== 'type',
    );
    return new Map(named.map((node) => [node, { exported: nameOf(node['imported']), local: nameOf(node['local']) }]));
  }
  const [declarator, ...others] = listOf(statement['declarations']);
  if (statement.type !== 'VariableDeclaration' || !declarator || others.length > 0) return null;
  const { id, init } = declarator as { id?: unknown; init?: unknown };
  if (!isType(id, 'ObjectPattern') || !isType(init, 'CallExpression') || !isNamed(init['callee'], 'require'))
    return null;
  const [module] = listOf(init['arguments']);
  if (module?.['value'] !== helper) return null;
  return new Map(
    listOf(id['properties']).map((node) => [node, { exported: nameOf(node['key']), local: nameOf(node['value']) }]),
  );
}

/** The statements of the rewritten file without what was added to import the helper. */
export function withoutAddedImports(original: Node, rewritten: Node, helper: string): Node[] {
  const known = takenFrom(original, helper);
  const isKnown = (names: Taken): boolean =>
    known.some(({ exported, local }) => names.exported === exported && names.local === local);
  // Its own mention in the import is one.
  const isUsed = ({ exported, local }: Taken): boolean =>
    EXPORTS.includes(exported) && countReads(rewritten['program'], local) > 1;
  return bodyOf(rewritten).flatMap((statement) => {
    const taken = findTaken(statement, helper);
    const added = taken ? [...taken].filter(([, names]) => !isKnown(names) && isUsed(names)).map(([node]) => node) : [];
    return added.length === 0 ? [statement] : withoutNames(statement, added);
  });
}

function withoutNames(statement: Node, added: readonly Node[]): Node[] {
  const left = (nodes: unknown): Node[] => listOf(nodes).filter((node) => !added.includes(node));
  if (statement.type === 'ImportDeclaration') {
    const specifiers = left(statement['specifiers']);
    return specifiers.length > 0 ? [{ ...statement, specifiers }] : [];
  }
  const [declarator] = listOf(statement['declarations']);
  const id = declarator!['id'] as Node;
  const properties = left(id['properties']);
  return properties.length > 0 ? [{ ...statement, declarations: [{ ...declarator!, id: { ...id, properties } }] }] : [];
}

/**
 * The statements with the imports that have gone with the last type that they were for: of names that the rewritten
 * file speaks of nowhere.
 */
export function withDroppedImports(original: Node, rewritten: Node, statements: readonly Node[]): Node[] {
  const left = [...statements];
  return [
    ...bodyOf(original).flatMap((old) => {
      if (old.type !== 'ImportDeclaration') return left.splice(0, 1);
      const names = (statement: Node): string[] => listOf(statement['specifiers']).map(({ local }) => nameOf(local));
      const isGone = (name: string): boolean => countReads(rewritten['program'], name) === 0;
      const next =
        left[0] && left[0].type === old.type && findDifference(left[0]['source'], old['source']) === null
          ? left[0]
          : null;
      const now = next && names(next).some((name) => names(old).includes(name)) ? next : null;
      const kept = now ? names(now) : [];
      const dropped = names(old).filter((name) => !kept.includes(name));
      if (dropped.length === 0 || !dropped.every(isGone)) return left.splice(0, 1);
      if (now) left.shift();
      return [now ? { ...now, specifiers: mergeSpecifiers(old, now) } : old];
    }),
    ...left,
  ];
}

/** The specifiers of the rewritten statement, and between them those that it has no more. */
function mergeSpecifiers(old: Node, now: Node): Node[] {
  const own = new Map(listOf(now['specifiers']).map((specifier) => [nameOf(specifier['local']), specifier]));
  return listOf(old['specifiers']).map((specifier) => own.get(nameOf(specifier['local'])) ?? specifier);
}

/** The names that a file has for an export of the helper. */
export const findLocals = (file: Node, helper: string, name: string): string[] =>
  takenFrom(file, helper)
    .filter(({ exported }) => exported === name)
    .map(({ local }) => local);

/** Local names of what the helper exports. */
export interface HelperNames {
  readonly open: readonly string[];
  readonly restart: readonly string[];
}

export function findHelperNames(file: Node, helper: string): HelperNames {
  return { open: findLocals(file, helper, HELPER), restart: findLocals(file, helper, RESTART) };
}

/** A name of the helper that the original has no import of, and used for something else. */
export function findCapture(original: Node, rewritten: Node, helper: string): string | null {
  const known = takenFrom(original, helper).map(({ local }) => local);
  const added = takenFrom(rewritten, helper).filter(({ local }) => !known.includes(local));
  return added.find(({ local }) => countReads(original['program'], local) > 0)?.local ?? null;
}
