import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from './parsed-source.ts';

export type FunctionNode =
  TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression;
type Keys = ParsedSource['visitorKeys'];

const hasType = (value: unknown): value is TSESTree.Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

export function childrenOf(node: TSESTree.Node, visitorKeys: Keys): TSESTree.Node[] {
  const children: TSESTree.Node[] = [];
  pushChildren(node, visitorKeys, children);
  return children.reverse();
}

/** Puts the children on a stack, the last one first. On the way of every node of every file: makes nothing. */
export function pushChildren(node: TSESTree.Node, visitorKeys: Keys, stack: TSESTree.Node[]): void {
  const keys = visitorKeys[node.type] ?? [];
  for (let at = keys.length - 1; at >= 0; at--) {
    const value = (node as unknown as Record<string, unknown>)[keys[at]!];
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--)
        if (hasType(value[index])) stack.push(value[index] as TSESTree.Node);
    } else if (hasType(value)) {
      stack.push(value);
    }
  }
}

/** Every node below `root`, itself first, in the order of the text; `enter` returning false leaves a branch out. */
export function visit(root: TSESTree.Node, visitorKeys: Keys, enter: (node: TSESTree.Node) => boolean | void): void {
  // A stack of our own: a chain of ten thousand `+` is deeper than the call stack.
  const pending = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (enter(node) !== false) pushChildren(node, visitorKeys, pending);
  }
}

/** The nodes below `root` that hold one of the offsets, which ascend; itself first, in the order of the text. */
export function visitAt(
  root: TSESTree.Node,
  visitorKeys: Keys,
  offsets: readonly number[],
  enter: (node: TSESTree.Node) => void,
): void {
  visit(root, visitorKeys, (node) => {
    if (!holdsOne(offsets, node.range)) return false;
    enter(node);
    return true;
  });
}

function holdsOne(offsets: readonly number[], [start, end]: TSESTree.Range): boolean {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low < offsets.length && offsets[low]! < end;
}

/** Whether `root` or a node below it is one, outside of the functions in it. */
export function hasNode(root: TSESTree.Node, visitorKeys: Keys, is: (node: TSESTree.Node) => boolean): boolean {
  let found = false;
  visit(root, visitorKeys, (node) => {
    found ||= is(node);
    return !found && !isFunction(node);
  });
  return found;
}

export const isFunction = (node: TSESTree.Node): node is FunctionNode =>
  node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

export const isClass = (node: TSESTree.Node): node is TSESTree.ClassDeclaration | TSESTree.ClassExpression =>
  node.type === 'ClassDeclaration' || node.type === 'ClassExpression';

/** The nodes around `node`, the nearest first. */
export function* ancestorsOf(node: TSESTree.Node): Generator<TSESTree.Node> {
  for (let outer = node.parent; outer; outer = outer.parent) yield outer;
}

/** The function that runs `node`; null at the top of the module. */
export function findFunction(node: TSESTree.Node): FunctionNode | null {
  for (const outer of ancestorsOf(node)) if (isFunction(outer)) return outer;
  return null;
}

export const isInside = (node: TSESTree.Node, outer: TSESTree.Node): boolean =>
  node.range[0] >= outer.range[0] && node.range[1] <= outer.range[1];

/** The expression without what does not change its value: casts, `!`, `satisfies`, the shell of an optional chain. */
export function unwrap(node: TSESTree.Node): TSESTree.Node {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'ChainExpression':
      return unwrap(node.expression);
    default:
      return node;
  }
}

/** The nearest node around an expression that is more than a cast. */
export function findUser(node: TSESTree.Node): TSESTree.Node | null {
  let user = node.parent ?? null;
  while (user && unwrap(user) !== user) user = user.parent ?? null;
  return user;
}

type Named =
  | TSESTree.MemberExpression
  | TSESTree.Property
  | TSESTree.PropertyDefinition
  | TSESTree.MethodDefinition
  | TSESTree.TSAbstractPropertyDefinition
  | TSESTree.TSAbstractMethodDefinition;

/** The name of a property, written with a dot, in brackets as a literal, or as a key; null where it is computed. */
export function findPropertyName(node: Named): string | null {
  const key = node.type === 'MemberExpression' ? node.property : node.key;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (!node.computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : null;
}

/** `stream[Symbol.asyncIterator]` */
export const isAsyncIterator = ({ computed, property }: TSESTree.MemberExpression): boolean =>
  computed && property.type === 'MemberExpression' && findPropertyName(property) === 'asyncIterator';

/** A value that only says "not yet" or "none": `let client = null`, `{ timeout: undefined }`. */
export const isNothing = (node: TSESTree.Node): boolean =>
  (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined');
