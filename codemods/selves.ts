import { bodyOf, isFunction, isNamed, isType, listOf, nameOf, type Node, walk } from './babel.ts';

/** How a function is called in its file. */
export interface Self {
  readonly name: string;
  /** It is a method, and called as one of `this`, or of what has it. */
  readonly isMethod: boolean;
  /** No other file can call the method. */
  readonly isPrivate: boolean;
  /** Whether a call has its name. */
  readonly isCall: (call: Node) => boolean;
}

/** The functions of a file that have a name. */
export function findSelves(file: Node): Map<Node, Self> {
  const selves = new Map<Node, Self>();
  const owners = new Map<Node, string>();
  walk(file['program'], null, (node, parent) => {
    for (const member of findMembers(node)) owners.set(member, nameOf(node['id']));
    const self = isFunction(node) ? findSelf(node, parent, owners) : null;
    if (self) selves.set(node, self);
  });
  return selves;
}

/** What `Answers.ask` and `api.ask` may stand for, where the node is a class or a variable that is an object. */
function findMembers({ type, body, init }: Node): Node[] {
  if (/^Class(?:Declaration|Expression)$/.test(type)) return listOf((body as Node)['body']).filter((member) => member['static'] === true);
  return type === 'VariableDeclarator' && isType(init, 'ObjectExpression') ? listOf(init['properties']) : [];
}

function findSelf(fn: Node, parent: Node | null, owners: ReadonlyMap<Node, string>): Self | null {
  const member = /Method$/.test(fn.type) ? fn : parent && /^(?:Class(?:Private)?|Object)Property$/.test(parent.type) ? parent : null;
  if (member) {
    const key = member['key'] as Node;
    const isHidden = isType(key, 'PrivateName');
    const name = nameOf(isHidden ? key['id'] : key);
    return name === '' ? null : { name, isMethod: true, isPrivate: isHidden || member['accessibility'] === 'private', isCall: (call) => isMember(call['callee'] as Node, name, owners.get(member) ?? '') };
  }
  const name = nameOf(fn['id']) || (isType(parent, 'VariableDeclarator') ? nameOf(parent['id']) : '');
  return name === '' ? null : { name, isMethod: false, isPrivate: false, isCall: (call) => isNamed(call['callee'], name) };
}

const isMember = (callee: Node, name: string, owner: string): boolean =>
  isType(callee, 'MemberExpression') && (isType(callee['object'], 'ThisExpression') || (owner !== '' && isNamed(callee['object'], owner))) && isNameOf(callee['property'], name);

const isNameOf = (property: unknown, name: string): boolean => isNamed(property, name) || (isType(property, 'PrivateName') && isNamed(property['id'], name));

/** Each mention of the function is a call with no more arguments than `most`, and no other file can call it. */
export function isOnlyCalled(file: Node, self: Self, most: number): boolean {
  if (self.isMethod ? !self.isPrivate : bodyOf(file).some((statement) => isExportOf(statement, self.name))) return false;
  let isCalled = true;
  const called = new Set<unknown>();
  walk(file['program'], null, (node, parent) => {
    if (isType(node, 'CallExpression') && self.isCall(node)) {
      called.add(node['callee']);
      const given = listOf(node['arguments']);
      isCalled &&= given.length <= most && given.every(({ type }) => type !== 'SpreadElement');
    }
    if (self.isMethod && isType(node, 'MemberExpression') && isNameOf(node['property'], self.name)) isCalled &&= called.has(node);
    if (!self.isMethod && isNamed(node, self.name) && parent) isCalled &&= called.has(node) || isLabelOrName(node, parent);
  });
  return isCalled;
}

/** A property's name or a key, and the function's own. */
const isLabelOrName = (node: Node, parent: Node): boolean =>
  ((parent['property'] === node || parent['key'] === node) && parent['computed'] !== true) || parent['id'] === node;

function isExportOf(statement: Node, name: string): boolean {
  const declaration = /^Export/.test(statement.type) ? (statement['declaration'] as Node | null) : null;
  return declaration !== null && declaration !== undefined && [declaration, ...listOf(declaration['declarations'])].some(({ id }) => isNamed(id, name));
}
