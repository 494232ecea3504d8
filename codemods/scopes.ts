import { countReads, fieldsOf, isFunction, isNode, isType, listOf, nameOf, type Node } from './babel.ts';

const SCOPES =
  /^(?:Program|BlockStatement|StaticBlock|TSModuleBlock|CatchClause|SwitchStatement|For(?:In|Of)?Statement)$/;

/** A block's variables are its own. */
export const isScope = (node: Node): boolean => SCOPES.test(node.type) || isFunction(node);

/** The scopes of a file that have a variable of that name, in the order of the file. */
export function findScopesOf(file: Node, name: string): Node[] {
  const scopes: Node[] = [];
  visitNodes(file, (node) => {
    if (isScope(node) && findBound(node).has(name)) scopes.push(node);
    return true;
  });
  return scopes;
}

/** How often `count` finds something in a scope, without the scopes in it that have another variable of that name. */
export function countInScope(scope: Node, name: string, count: (root: Node) => number): number {
  let hidden = 0;
  visitNodes(scope, (node) => {
    if (node === scope || !isScope(node) || !findBound(node).has(name)) return true;
    hidden += count(node);
    return false;
  });
  return count(scope) - hidden;
}

/** How often a scope speaks of the variable of that name that it sees. */
export const countMentions = (scope: Node, name: string): number =>
  countInScope(scope, name, (root) => countReads(root, name));

/** Names of the variables that begin in a scope. */
export function findBound(scope: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const hoists = isFunction(scope) || scope.type === 'Program';
  for (const pattern of [...listOf(scope['params']), scope['param']]) addNames(names, pattern);
  for (const field of fieldsOf(scope)) addDeclared(names, scope[field], { isOwn: true, hoists });
  return names;
}

interface Where {
  /** In the scope itself, and in none inside. */
  readonly isOwn: boolean;
  /** What is declared by `var` belongs to it, wherever that stands. */
  readonly hoists: boolean;
}

function addDeclared(names: Set<string>, value: unknown, where: Where): void {
  if (Array.isArray(value)) return value.forEach((item) => addDeclared(names, item, where));
  if (!isNode(value)) return;
  if (value.type === 'ImportDeclaration')
    return listOf(value['specifiers']).forEach(({ local }) => names.add(nameOf(local)));
  if (isFunction(value) || value.type === 'ClassDeclaration') {
    if (where.isOwn && value.type.endsWith('Declaration')) names.add(nameOf(value['id']));
    return;
  }
  if (value.type === 'VariableDeclaration' && (value['kind'] === 'var' ? where.hoists : where.isOwn))
    listOf(value['declarations']).forEach(({ id }) => addNames(names, id));
  const inside = isScope(value) ? { ...where, isOwn: false } : where;
  if (inside.isOwn || inside.hoists) for (const field of fieldsOf(value)) addDeclared(names, value[field], inside);
}

/** The names that a pattern binds. */
function addNames(names: Set<string>, pattern: unknown): void {
  if (!isNode(pattern)) return;
  switch (pattern.type) {
    case 'Identifier':
      names.add(nameOf(pattern));
      return;
    case 'ObjectPattern':
      return listOf(pattern['properties']).forEach((property) =>
        addNames(names, isType(property, 'RestElement') ? property : property['value']),
      );
    case 'ArrayPattern':
      return listOf(pattern['elements']).forEach((element) => addNames(names, element));
    default:
      // A default, a rest, a parameter that is a property.
      return addNames(names, pattern['left'] ?? pattern['argument'] ?? pattern['parameter']);
  }
}

function visitNodes(value: unknown, enter: (node: Node) => boolean): void {
  if (Array.isArray(value)) return value.forEach((item) => visitNodes(item, enter));
  if (isNode(value) && enter(value)) for (const field of fieldsOf(value)) visitNodes(value[field], enter);
}
