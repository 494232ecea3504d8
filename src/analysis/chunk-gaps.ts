import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { ChunkGap, ChunkPath, StreamApi } from '../providers/provider.ts';
import { findVariable } from './bindings.ts';
import { type ChunkRead, findChunkReads, givesList, isReadAt } from './chunk-reads.ts';
import type { ParsedSource } from './parsed-source.ts';
import type { StreamLoop } from './stream-loop.ts';
import { ancestorsOf, findPropertyName, findUser, isFunction, isInside, isNothing, unwrap, visit } from './tree.ts';

/** Code that reads on from a part of the chunk that some chunks lack; nothing on the way there has looked whether it is there. */
export interface GapRead {
  /** What may be missing: `chunk.choices[0]`. */
  readonly missing: TSESTree.Node;
  readonly gap: ChunkGap;
  /**
   * The members that throw, the first of which are of one chain; with `?.` in each the code goes on as it does where a chunk has nothing to say.
   * null where it would go on with `undefined` in a way of its own.
   */
  readonly members: readonly TSESTree.MemberExpression[] | null;
}

/** In the order of the text; what stands in one chain is one. */
export function findGapReads(source: ParsedSource, loop: StreamLoop): GapRead[] {
  const { api, relayed } = loop.origin;
  const pattern = loop.node.type === 'ForOfStatement' ? patternOf(loop.node) : loop.chunk;
  if (!pattern || relayed || !api.gaps) return [];
  const reads = findChunkReads(source, pattern);
  const found = api.gaps.flatMap((gap) => findUnguarded({ source, loop, api, gap, guards: findGuards(reads, gap) }, reads));
  return joinChains({ source, loop, api }, found).sort((a, b) => a.missing.range[0] - b.missing.range[0]);
}

const patternOf = ({ left }: TSESTree.ForOfStatement): TSESTree.Node => (left.type === 'VariableDeclaration' ? left.declarations[0].id : left);

// ── Where it throws ─────────────────────────────────────────────────────────────────────────────────────────────────

interface Search {
  readonly source: ParsedSource;
  readonly loop: StreamLoop;
  readonly api: StreamApi;
  readonly gap: ChunkGap;
  /** What tells in a test that the part is there. */
  readonly guards: ReadonlySet<TSESTree.Node>;
}

interface Fault {
  readonly missing: TSESTree.Node;
  readonly gap: ChunkGap;
  readonly guards: ReadonlySet<TSESTree.Node>;
  /** The member of it that throws, or the pattern. */
  readonly at: TSESTree.Node;
}

function findUnguarded(search: Search, reads: readonly ChunkRead[]): Fault[] {
  const bases = new Set(reads.flatMap((read) => findBase(search, read) ?? []));
  // Who hands a chunk to a function of this file may have looked at it before.
  const handed = reads.filter(({ followed, node }) => followed && isGuarded(search, node));
  return [...bases]
    .flatMap((base) => findFaults(search, base, base))
    .filter(({ at }) => !isGuarded(search, at) && (handed.length === 0 || isInside(at, search.loop.node)));
}

/** The expression that a read goes through at the gap; null where the read begins behind it, such as at an alias. */
function findBase({ source, gap }: Search, read: ChunkRead): TSESTree.Node | null {
  let node = unwrap(read.node);
  for (let depth = read.path.length; depth > gap.path.length; ) {
    if (node.type === 'LogicalExpression') node = unwrap(node.left);
    else if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && givesList(node)) node = unwrap(node.callee.object);
    else if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') [node, depth] = [unwrap(node.callee.object), depth - 1];
    else if (node.type === 'MemberExpression') [node, depth] = [unwrap(node.object), depth - 1];
    else return null;
  }
  if (read.path.length < gap.path.length || !isReadAt(read, gap.path)) return null;
  if (node.type === 'Identifier') return isFromArrayPattern(source, node) ? node : null;
  return node.type === 'MemberExpression' || node.type === 'CallExpression' ? node : null;
}

/** `const [choice] = chunk.choices`; an element that a loop or a callback walks to is there. */
function isFromArrayPattern(source: ParsedSource, name: TSESTree.Identifier): boolean {
  const [def] = findVariable(source, name)?.defs ?? [];
  const pattern = def?.name.parent;
  return pattern?.type === 'ArrayPattern' && pattern.parent.type === 'VariableDeclarator' && pattern.parent.init !== null;
}

/** Where the value, if it is missing, is read on from: `value.delta`, also behind `value?.delta` that has become a name. */
function findFaults(search: Search, value: TSESTree.Node, missing: TSESTree.Node, seen: readonly Variable[] = []): Fault[] {
  const user = findUser(value);
  const fault = (at: TSESTree.Node): Fault[] => [{ missing, gap: search.gap, guards: search.guards, at }];
  if (user?.type === 'MemberExpression' && unwrap(user.object) === unwrap(value)) {
    return user.optional ? findFaults(search, findChain(search.source, user), missing, seen) : fault(user);
  }
  if (user?.type !== 'VariableDeclarator') return [];
  if (user.id.type === 'ObjectPattern') return fault(user.id);
  const variable = findVariable(search.source, user.id);
  if (!variable || seen.includes(variable)) return [];
  return readsOf(variable).flatMap((identifier) => findFaults(search, identifier, identifier, [...seen, variable]));
}

const readsOf = (variable: Variable): TSESTree.Node[] => variable.references.filter((reference) => reference.isRead()).map(({ identifier }) => identifier);

/** The whole of the chain that goes on from a member; a pair of parentheses ends one. */
function findChain({ text }: ParsedSource, member: TSESTree.Node): TSESTree.Node {
  let node = member;
  for (let { parent } = node; parent; { parent } = node) {
    const goesOn = (parent.type === 'MemberExpression' && parent.object === node) || (parent.type === 'CallExpression' && parent.callee === node) || parent.type === 'TSNonNullExpression';
    const isClosed = /^\s*\)/.test(text.slice(node.range[1])) && parent.type === 'MemberExpression';
    if (!goesOn || isClosed) break;
    node = parent;
  }
  return node;
}

// ── What has been looked at ─────────────────────────────────────────────────────────────────────────────────────────

function findGuards(reads: readonly ChunkRead[], { path }: ChunkGap): ReadonlySet<TSESTree.Node> {
  const list = path.slice(0, -1);
  const isElement = typeof path.at(-1) === 'number';
  const tells = (read: ChunkRead): boolean =>
    isReadAt(read, path) || (isElement && isReadAt(read, [...list, 'length'])) || /^usage/.test(read.path[0] ?? '') || isArgument(read.node);
  return new Set(reads.filter(tells).map(({ node }) => unwrap(node)));
}

/** `isContent(chunk)`: what it looks at is out of sight, or is listed too. */
function isArgument(node: TSESTree.Node): boolean {
  const user = findUser(node);
  return user?.type === 'CallExpression' && user.arguments.some((argument) => unwrap(argument) === unwrap(node));
}

type Guarded = Pick<Search, 'source' | 'loop' | 'guards'>;

/** On the way from the loop to the node something was tested that tells, or what is thrown there is caught for this chunk alone. */
function isGuarded(search: Guarded, node: TSESTree.Node): boolean {
  let child = node;
  for (const outer of ancestorsOf(node)) {
    if (outer === search.loop.node) return false;
    if (findTests(outer, child).some(({ test, outcome }) => tells(search, test, outcome))) return true;
    if (outer.type === 'TryStatement' && outer.block === child && outer.handler && isInside(outer, search.loop.node)) return true;
    child = outer;
  }
  return false;
}

interface Test {
  readonly test: TSESTree.Node;
  /** How it came out. */
  readonly outcome: boolean;
}

/** The tests that have been made in `outer` before `child` runs. */
function findTests(outer: TSESTree.Node, child: TSESTree.Node): Test[] {
  switch (outer.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
      return child === outer.test ? [] : [{ test: outer.test, outcome: child === outer.consequent }];
    case 'LogicalExpression':
      return child === outer.right ? [{ test: outer.left, outcome: outer.operator === '&&' }] : [];
    case 'WhileStatement':
    case 'ForStatement':
      return child === outer.body && outer.test ? [{ test: outer.test, outcome: true }] : [];
    case 'SwitchStatement':
      return child === outer.discriminant ? [] : [{ test: outer.discriminant, outcome: true }];
    case 'BlockStatement':
    case 'Program':
    case 'SwitchCase':
      return (outer.type === 'SwitchCase' ? outer.consequent : outer.body).filter(({ range }) => range[1] <= child.range[0]).flatMap(findExitTests);
    default:
      return [];
  }
}

/** `if (!choice) continue;`, `assert(choice);` */
function findExitTests(statement: TSESTree.Node): Test[] {
  if (statement.type === 'IfStatement') {
    const { test, consequent, alternate } = statement;
    return [...(exits(consequent) ? [{ test, outcome: false }] : []), ...(alternate && exits(alternate) ? [{ test, outcome: true }] : [])];
  }
  return statement.type === 'ExpressionStatement' ? findAssertion(statement.expression).map((test) => ({ test, outcome: true })) : [];
}

function exits(branch: TSESTree.Statement): boolean {
  const last = branch.type === 'BlockStatement' ? branch.body.at(-1) : branch;
  return last !== undefined && /^(?:Continue|Return|Break|Throw)Statement$/.test(last.type);
}

/** What `assert(choice)` and `expect(choice).toBeDefined()` are about. */
function findAssertion(expression: TSESTree.Node): readonly TSESTree.Node[] {
  const value = unwrap(expression);
  if (value.type === 'MemberExpression') return findAssertion(value.object);
  if (value.type !== 'CallExpression') return [];
  return value.callee.type === 'Identifier' && /^(?:assert|invariant|expect)/.test(value.callee.name) ? value.arguments : findAssertion(value.callee);
}

/** The part is there where the test came out so; where that is beyond us, it is taken to be. */
function tells(search: Pick<Search, 'source' | 'guards'>, test: TSESTree.Node, outcome: boolean, hops = 3): boolean {
  const node = unwrap(test);
  const is = (part: TSESTree.Node, result = outcome): boolean => tells(search, part, result, hops);
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === '!' ? is(node.argument, !outcome) : mentions(search, node);
    case 'LogicalExpression':
      return (node.operator === '&&') === outcome ? is(node.left) || is(node.right) : is(node.left) && is(node.right);
    case 'BinaryExpression':
      return /^[!=]==?$/.test(node.operator) ? tellsByValue(search, node, outcome === node.operator.startsWith('=')) : mentions(search, node);
    case 'Identifier': {
      const init = hops > 0 ? findInit(search.source, node) : null;
      return (search.guards.has(node) && outcome) || (init !== null && tells(search, init, outcome, hops - 1));
    }
    case 'MemberExpression':
      return search.guards.has(node) ? outcome || isAside(node) : mentions(search, node);
    default:
      return mentions(search, node);
  }
}

/** `chunk.choices.length === 0`, `choice === undefined`, `choice?.finish_reason === 'stop'`. */
function tellsByValue(search: Pick<Search, 'source' | 'guards'>, { left, right }: TSESTree.BinaryExpression, isEqual: boolean): boolean {
  const value = unwrap(left).type === 'Literal' ? left : right;
  const other = unwrap(value === left ? right : left);
  if (!search.guards.has(other)) return mentions(search, other);
  if (isAside(other) || (other.type === 'MemberExpression' && findPropertyName(other) === 'length')) return true;
  return isNothing(value) ? !isEqual : isEqual;
}

/** `chunk.usage`: another part, by which chunks are told apart. */
const isAside = (node: TSESTree.Node): boolean => node.type === 'MemberExpression' && /^usage/.test(findPropertyName(node) ?? '');

function mentions({ source, guards }: Pick<Search, 'source' | 'guards'>, root: TSESTree.Node): boolean {
  let isMentioned = false;
  visit(root, source.visitorKeys, (node) => {
    isMentioned ||= guards.has(node);
    return !isMentioned && !isFunction(node);
  });
  return isMentioned;
}

function findInit(source: ParsedSource, name: TSESTree.Identifier): TSESTree.Node | null {
  const [def] = findVariable(source, name)?.defs ?? [];
  return def?.node.type === 'VariableDeclarator' && def.node.id.type === 'Identifier' ? def.node.init : null;
}

// ── How to go on without it ─────────────────────────────────────────────────────────────────────────────────────────

function joinChains({ source, loop, api }: Pick<Search, 'source' | 'loop' | 'api'>, faults: readonly Fault[]): GapRead[] {
  const chains = new Map<TSESTree.Node, Fault[]>();
  for (const fault of faults) {
    const chain = fault.at.type === 'MemberExpression' ? findChain(source, fault.at) : fault.at;
    chains.set(chain, [...(chains.get(chain) ?? []), fault]);
  }
  return [...chains].map(([chain, all]) => {
    const [first] = all.sort((a, b) => a.at.range[1] - b.at.range[1]) as [Fault, ...Fault[]];
    const own = all.flatMap(({ at }) => (at.type === 'MemberExpression' ? [at] : []));
    const later = own.length === all.length ? findLaterMembers({ source, loop, guards: first.guards }, chain, isOptionalInside(api, first.gap.path, chain, first.missing)) : null;
    return { missing: first.missing, gap: first.gap, members: later && [...own, ...later] };
  });
}

/** What the chain ends at is a member that a whole chunk may lack as well: `delta.content`. Then the code knows what to do without it. */
function isOptionalInside({ text }: StreamApi, gap: ChunkPath, chain: TSESTree.Node, missing: TSESTree.Node): boolean {
  if (text === null || text.length - 1 <= gap.length || missing.type === 'Identifier') return false;
  const names: string[] = [];
  for (let node = chain; node !== missing && isInside(missing, node); ) {
    if (node.type === 'MemberExpression') names.unshift(findPropertyName(node) ?? '');
    node = node.type === 'MemberExpression' ? node.object : node.type === 'CallExpression' ? node.callee : unwrap(node);
  }
  const inner = text.slice(gap.length, -1);
  return names.length > inner.length && inner.every((step, index) => names[index] === String(step));
}

/** Members that need a `?.` once the chain may give `undefined`; null where that goes somewhere it would be something new. */
function findLaterMembers(search: Guarded, chain: TSESTree.Node, isKnown: boolean): TSESTree.MemberExpression[] | null {
  const user = findUser(chain);
  if (!user || !takesOptional(user, chain)) return null;
  if (isKnown) return [];
  switch (user.type) {
    case 'ExpressionStatement':
    case 'SwitchStatement':
    case 'IfStatement':
    case 'WhileStatement':
      return [];
    case 'UnaryExpression':
      return user.operator === '!' || user.operator === 'typeof' ? [] : null;
    case 'ConditionalExpression':
      return unwrap(user.test) === unwrap(chain) ? [] : findLaterMembers(search, user, false);
    case 'LogicalExpression':
      return unwrap(user.left) === unwrap(chain) && user.operator !== '&&' ? [] : findLaterMembers(search, user, false);
    case 'BinaryExpression': {
      const other = unwrap(user.left) === unwrap(chain) ? user.right : user.left;
      // `finish_reason !== null` would take a chunk without one for the last.
      const isStrictNull = /^[!=]==$/.test(user.operator) && other.type === 'Literal' && other.value === null;
      return /^[!=]==?$/.test(user.operator) && !isStrictNull ? [] : null;
    }
    case 'VariableDeclarator':
      return user.id.type === 'Identifier' ? findMembersOf(search, user.id) : null;
    default:
      return null;
  }
}

function findMembersOf(search: Guarded, name: TSESTree.Identifier): TSESTree.MemberExpression[] | null {
  const variable = findVariable(search.source, name);
  if (!variable) return null;
  const reads = readsOf(variable);
  const guards = new Set(reads);
  const members: TSESTree.MemberExpression[] = [];
  for (const read of reads) {
    if (isGuarded({ ...search, guards }, read)) continue;
    const user = findUser(read);
    const isRead = user?.type === 'MemberExpression' && unwrap(user.object) === read;
    const later = findLaterMembers(search, isRead ? findChain(search.source, user) : read, false);
    if (!later) return null;
    members.push(...(isRead && !user.optional ? [user] : []), ...later);
  }
  return members;
}

/** `a?.b = c`, `` a?.b`c` `` and `new a?.b()` are no code. */
function takesOptional(user: TSESTree.Node, chain: TSESTree.Node): boolean {
  switch (user.type) {
    case 'AssignmentExpression':
      return unwrap(user.right) === unwrap(chain);
    case 'UpdateExpression':
    case 'TaggedTemplateExpression':
    case 'ArrayPattern':
    case 'Property':
      return user.type === 'Property' && user.parent.type === 'ObjectExpression';
    case 'NewExpression':
      return unwrap(user.callee) !== unwrap(chain);
    case 'ForOfStatement':
    case 'ForInStatement':
      return user.left !== chain;
    default:
      return true;
  }
}
