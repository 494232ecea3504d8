import { bodyOf, fieldsOf, isNamed, isNode, isType, listOf, nameOf, type Node, nodesIn, walk } from './babel.ts';
import { findBound, isScope } from './scopes.ts';

/**
 * What a rewritten tree says of the helper's streams: who holds them, and what the callbacks take out of the results of
 * requests.
 */
export interface Streams {
  readonly helpers: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly bodies: readonly Body[];
}

/** What a callback of the helper gives: `(await request).body ?? []`, taken apart. */
export interface Body {
  readonly request: Node;
  /** The name of the member that is taken out; null where the request stands alone. */
  readonly member: string | null;
  /** `??`, `||`, `!`: what was said about a stream that is not there. */
  readonly guard: string | null;
  /** `request.withResponse()`, whose `data` the helper takes by itself. */
  readonly response: Node | null;
  /** The pattern of `({ response } = await request.withResponse())`, which gives the whole on. */
  readonly filled: Node | null;
}

/** For these the helper looks into a result by itself. */
const FOUND = ['stream', 'fullStream', 'toStream'];
/** For these `.text()` of its streams stands. */
const STRINGS = ['textStream', 'toTextStream'];
/** What its streams have; all else would be lost. */
const MEMBERS = ['text', 'partial', 'attempts', 'finishReason', 'requestId', 'controller', 'then', 'catch', 'finally'];

export const isCallOf = (node: unknown, names: readonly string[]): boolean =>
  isType(node, 'CallExpression') && names.includes(nameOf(node['callee']));

const isMember = (node: unknown): node is Node =>
  (isType(node, 'MemberExpression') || isType(node, 'OptionalMemberExpression')) && node['computed'] !== true;

/** `result.stream`, and the callee of `result.toStream()`. */
export function findMember(node: unknown): Node | null {
  if (isMember(node)) return node;
  return isType(node, 'CallExpression') && isMember(node['callee']) ? node['callee'] : null;
}

/** `x ?? []` gives `??`, `x!` gives `!`; null for anything else. */
export function findGuard(node: unknown): string | null {
  if (isType(node, 'TSNonNullExpression')) return '!';
  const isDefault =
    isType(node, 'LogicalExpression') &&
    isType(node['right'], 'ArrayExpression') &&
    listOf(node['right']['elements']).length === 0;
  return isDefault ? String(node['operator']) : null;
}

export const guarded = (node: Node): string => (node.type === 'TSNonNullExpression' ? 'expression' : 'left');

/** `request.withResponse()` */
const isResponseCall = (node: unknown): node is Node =>
  isType(node, 'CallExpression') &&
  isType(node['callee'], 'MemberExpression') &&
  isNamed(node['callee']['property'], 'withResponse') &&
  listOf(node['arguments']).length === 0 &&
  isMember(node['callee']);

/** Each way to read it: the last call of `model().stream()` may be the request, or what takes the stream out of one. */
export function readBodies(body: unknown): Body[] {
  const filled =
    isType(body, 'AssignmentExpression') &&
    body['operator'] === '=' &&
    isType(body['left'], 'ObjectPattern') &&
    isType(body['right'], 'AwaitExpression')
      ? body['left']
      : null;
  const response = filled ? ((body as Node)['right'] as Node)['argument'] : body;
  const responded = isResponseCall(response) ? findMember(response)!['object'] : null;
  if (isType(responded, 'CallExpression'))
    return [{ request: responded, member: 'data', guard: null, response: response as Node, filled }];
  const whole: Body[] = isType(body, 'CallExpression')
    ? [{ request: body, member: null, guard: null, response: null, filled: null }]
    : [];
  const guard = findGuard(body);
  const member = findMember(guard === null ? body : (body as Node)[guarded(body as Node)]);
  if (!member) return whole;
  const object = member['object'];
  const request = isType(object, 'AwaitExpression') ? object['argument'] : object;
  return isType(request, 'CallExpression')
    ? [...whole, { request, member: nameOf(member['property']), guard, response: null, filled: null }]
    : whole;
}

export function findStreams(rewritten: Node, helpers: readonly string[]): Streams {
  const bodies: Body[] = [];
  walk(rewritten, null, (node) => {
    const [open] = isCallOf(node, helpers) ? listOf(node['arguments']) : [];
    if (open) bodies.push(...readBodies(open['body']));
  });
  const names = new Set<string>();
  const statements = bodyOf(rewritten);
  for (let size = -1; size !== names.size;) {
    size = names.size;
    const known = [...helpers, ...names];
    // Whoever gives a stream a name mentions one that is known.
    const namers = statements
      .map(nodesIn)
      .filter((nodes) => nodes.some((node) => known.includes(nameOf(node))))
      .flatMap((nodes) => nodes.filter(({ type }) => NAMERS.has(type)));
    for (const name of namers.flatMap((node) => findHolders(node, { helpers, names }))) names.add(name);
  }
  return { helpers, names, bodies };
}

const NAMERS = new Set(['VariableDeclarator', 'AssignmentExpression', 'FunctionDeclaration', 'CallExpression']);

type Known = Omit<Streams, 'bodies'>;

/** Names that a node gives a stream: of a variable, of a function that returns one, of a parameter of `.then()`. */
function findHolders(node: Node, known: Known): string[] {
  const { id, init, left, right, callee } = node;
  if (node.type === 'VariableDeclarator') return isHolder(init, known) ? [nameOf(id)] : [];
  if (node.type === 'AssignmentExpression') return isHolder(right, known) ? [nameOf(left)] : [];
  if (node.type === 'FunctionDeclaration') return isHolder(node, known) ? [nameOf(id)] : [];
  const [callback] =
    node.type === 'CallExpression' && isMember(callee) && isHolder(callee['object'], known)
      ? listOf(node['arguments'])
      : [];
  return callback ? listOf(callback['params']).map(nameOf) : [];
}

/** The expression gives a stream of the helper: itself, through a name, or as the function's result. */
export function isHolder(node: unknown, known: Known): boolean {
  if (!isNode(node)) return false;
  if (isCallOf(node, known.helpers)) return true;
  switch (node.type) {
    case 'Identifier':
      return known.names.has(nameOf(node));
    case 'AwaitExpression':
      return isHolder(node['argument'], known);
    case 'CallExpression':
      return isHolder(node['callee'], known);
    case 'MemberExpression':
      return isHolder(node['object'], known);
    case 'ConditionalExpression':
      return isHolder(node['consequent'], known) || isHolder(node['alternate'], known);
    case 'LogicalExpression':
      return isHolder(node['left'], known) || isHolder(node['right'], known);
    case 'ArrowFunctionExpression':
      return isHolder(node['body'], known);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return isHolder(node['body'], known);
    case 'BlockStatement':
      return returns(node, known);
    default:
      return /^TS\w+Expression$|^TSTypeAssertion$/.test(node.type) && isHolder(node['expression'], known);
  }
}

/** A `return` of the block, or of one in it, gives a stream. */
function returns(node: unknown, known: Known): boolean {
  if (Array.isArray(node)) return node.some((item) => returns(item, known));
  if (!isNode(node) || /Function|Class/.test(node.type)) return false;
  return node.type === 'ReturnStatement'
    ? isHolder(node['argument'], known)
    : fieldsOf(node).some((field) => returns(node[field], known));
}

/** Whether a stream of the helper can stand for this member of a result. */
export function standsFor(name: string, isText: boolean, { bodies }: Streams): boolean {
  return bodies.some(({ member }) =>
    member === null ? (isText ? STRINGS : FOUND).includes(name) : !isText && member === name,
  );
}

/** A member of a variable that holds a stream of the helper, which such a stream does not have. */
export function findLostMember(rewritten: Node, helpers: readonly string[]): string | null {
  const program = rewritten['program'] as Node;
  const statements = bodyOf(rewritten);
  // Most statements hold no call of the helper, and so no scope that has a stream of its own.
  const calling = statements.filter((statement) => nodesIn(statement).some((node) => isCallOf(node, helpers)));
  const known = new Set(findOwn(calling, program, helpers));
  const reading =
    known.size === 0
      ? []
      : statements.filter((statement) =>
          nodesIn(statement).some((node) => isMember(node) && known.has(nameOf(node['object']))),
        );
  const lost = findForeign(reading, known);
  if (lost !== null) return lost;
  for (const scope of calling.flatMap(nodesIn).filter(isScope)) {
    const own = new Set(findOwn(scope, scope, helpers));
    const found =
      own.size === 0
        ? null
        : findForeign(
            fieldsOf(scope).map((field) => scope[field]),
            own,
          );
    if (found !== null) return found;
  }
  return null;
}

/** Variables of this scope, as far as they stand in `value`, and of none inside it. */
function findOwn(value: unknown, outer: Node, helpers: readonly string[]): string[] {
  const names: string[] = [];
  visitOwn(value, outer, (node) => {
    const init =
      node.type === 'VariableDeclarator'
        ? isType(node['init'], 'AwaitExpression')
          ? node['init']['argument']
          : node['init']
        : null;
    if (isCallOf(init, helpers)) names.push(nameOf(node['id']));
  });
  return names.filter((name) => name !== '');
}

function visitOwn(value: unknown, outer: Node, enter: (node: Node) => void): void {
  if (Array.isArray(value)) return value.forEach((item) => visitOwn(item, outer, enter));
  if (!isNode(value) || (value !== outer && isScope(value))) return;
  enter(value);
  for (const field of fieldsOf(value)) visitOwn(value[field], outer, enter);
}

function findForeign(value: unknown, names: ReadonlySet<string>): string | null {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = findForeign(item, names);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isNode(value)) return null;
  if (
    isMember(value) &&
    isType(value['object'], 'Identifier') &&
    names.has(nameOf(value['object'])) &&
    !MEMBERS.includes(nameOf(value['property']))
  )
    return nameOf(value['property']);
  const inside = isScope(value) ? without(names, findBound(value)) : names;
  return inside.size === 0
    ? null
    : findForeign(
        fieldsOf(value).map((field) => value[field]),
        inside,
      );
}

const without = (names: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...names].filter((name) => !others.has(name)));
