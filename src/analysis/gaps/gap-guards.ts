import type { TSESTree } from '@typescript-eslint/utils';
import type { ChunkGap } from '../../providers/provider.ts';
import { findVariable } from '../source/bindings.ts';
import { type ChunkRead, isReadAt } from '../loops/chunk-reads.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { StreamLoop } from '../facts/stream-loop.ts';
import {
  ancestorsOf,
  findPropertyName,
  findUser,
  isFunction,
  isInside,
  isNothing,
  unwrap,
  visit,
} from '../source/tree.ts';

/** What has been looked at before a part of the chunk is read on from. */
export interface Guarded {
  readonly source: ParsedSource;
  readonly loop: StreamLoop;
  /** What tells in a test that the part is there. */
  readonly guards: ReadonlySet<TSESTree.Node>;
}

export function findGuards(reads: readonly ChunkRead[], { path }: ChunkGap): ReadonlySet<TSESTree.Node> {
  const list = path.slice(0, -1);
  const isElement = typeof path.at(-1) === 'number';
  const isGuard = (read: ChunkRead): boolean =>
    isReadAt(read, path) ||
    (isElement && isReadAt(read, [...list, 'length'])) ||
    /^usage/.test(read.path[0] ?? '') ||
    isArgument(read.node);
  return new Set(reads.filter(isGuard).map(({ node }) => unwrap(node)));
}

/** `isContent(chunk)`: what it looks at is out of sight, or is listed too. */
function isArgument(node: TSESTree.Node): boolean {
  const user = findUser(node);
  return user?.type === 'CallExpression' && user.arguments.some((argument) => unwrap(argument) === unwrap(node));
}

/**
 * On the way from the loop to the node something was tested that tells, or what is thrown there is caught for this
 * chunk alone.
 */
export function isGuarded(search: Guarded, node: TSESTree.Node): boolean {
  let child = node;
  for (const outer of ancestorsOf(node)) {
    if (outer === search.loop.node) return false;
    if (findTestsBefore(outer, child).some(({ test, outcome }) => showsPart(search, test, outcome))) return true;
    if (outer.type === 'TryStatement' && outer.block === child && outer.handler && isInside(outer, search.loop.node))
      return true;
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
function findTestsBefore(outer: TSESTree.Node, child: TSESTree.Node): Test[] {
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
      return (outer.type === 'SwitchCase' ? outer.consequent : outer.body)
        .filter(({ range }) => range[1] <= child.range[0])
        .flatMap(findExitTests);
    default:
      return [];
  }
}

/** `if (!choice) continue;`, `assert(choice);` */
function findExitTests(statement: TSESTree.Node): Test[] {
  if (statement.type === 'IfStatement') {
    const { test, consequent, alternate } = statement;
    return [
      ...(exits(consequent) ? [{ test, outcome: false }] : []),
      ...(alternate && exits(alternate) ? [{ test, outcome: true }] : []),
    ];
  }
  return statement.type === 'ExpressionStatement'
    ? findAssertion(statement.expression).map((test) => ({ test, outcome: true }))
    : [];
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
  return value.callee.type === 'Identifier' && /^(?:assert|invariant|expect)/.test(value.callee.name)
    ? value.arguments
    : findAssertion(value.callee);
}

/** The part is there where the test came out so; where that is beyond us, it is taken to be. */
function showsPart(
  search: Pick<Guarded, 'source' | 'guards'>,
  test: TSESTree.Node,
  outcome: boolean,
  hops = 3,
): boolean {
  const node = unwrap(test);
  const is = (part: TSESTree.Node, result = outcome): boolean => showsPart(search, part, result, hops);
  switch (node.type) {
    case 'UnaryExpression':
      return node.operator === '!' ? is(node.argument, !outcome) : mentionsGuard(search, node);
    case 'LogicalExpression':
      return (node.operator === '&&') === outcome ? is(node.left) || is(node.right) : is(node.left) && is(node.right);
    case 'BinaryExpression':
      return /^[!=]==?$/.test(node.operator)
        ? showsPartByValue(search, node, outcome === node.operator.startsWith('='))
        : mentionsGuard(search, node);
    case 'Identifier': {
      const init = hops > 0 ? findInit(search.source, node) : null;
      return (search.guards.has(node) && outcome) || (init !== null && showsPart(search, init, outcome, hops - 1));
    }
    case 'MemberExpression':
      return search.guards.has(node) ? outcome || isUsage(node) : mentionsGuard(search, node);
    default:
      return mentionsGuard(search, node);
  }
}

/** `chunk.choices.length === 0`, `choice === undefined`, `choice?.finish_reason === 'stop'`. */
function showsPartByValue(
  search: Pick<Guarded, 'source' | 'guards'>,
  { left, right }: TSESTree.BinaryExpression,
  isEqual: boolean,
): boolean {
  const value = unwrap(left).type === 'Literal' ? left : right;
  const other = unwrap(value === left ? right : left);
  if (!search.guards.has(other)) return mentionsGuard(search, other);
  if (isUsage(other) || (other.type === 'MemberExpression' && findPropertyName(other) === 'length')) return true;
  return isNothing(value) ? !isEqual : isEqual;
}

/** `chunk.usage`: another part, by which chunks are told apart. */
const isUsage = (node: TSESTree.Node): boolean =>
  node.type === 'MemberExpression' && /^usage/.test(findPropertyName(node) ?? '');

function mentionsGuard({ source, guards }: Pick<Guarded, 'source' | 'guards'>, root: TSESTree.Node): boolean {
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
