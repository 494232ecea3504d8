import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from './file-memory.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findPropertyName, type FunctionNode, isClass, isFunction, unwrap, visit } from './tree.ts';

/** `object.name(…)` */
export interface MethodCall {
  readonly call: TSESTree.CallExpression;
  readonly object: TSESTree.Expression;
  readonly name: string;
}

interface FileIndex {
  readonly loops: readonly TSESTree.ForOfStatement[];
  /** `this.name(…)` */
  readonly ownCalls: readonly MethodCall[];
  /** `anything.read()` and `anything.next()`. */
  readonly pulls: readonly MethodCall[];
  /** `anything.on('event', listener)`. */
  readonly listeners: readonly MethodCall[];
  /** `signal.aborted`, `signal.throwIfAborted`. */
  readonly abortChecks: readonly TSESTree.MemberExpression[];
  /** `JSON.parse(…)` */
  readonly jsonParses: readonly TSESTree.CallExpression[];
  /** `setInterval(…)` */
  readonly intervals: readonly TSESTree.CallExpression[];
  /** `setTimeout(…)` */
  readonly timeouts: readonly TSESTree.CallExpression[];
  readonly returns: ReadonlyMap<FunctionNode, readonly TSESTree.Expression[]>;
  /** What each generator hands on: the arguments of `yield*`, what the loops around its `yield`s iterate, the readers that it pulls. */
  readonly relays: ReadonlyMap<FunctionNode, readonly TSESTree.Expression[]>;
  /** `this.name = value` by class, then by name. */
  readonly fields: ReadonlyMap<TSESTree.Node, ReadonlyMap<string, readonly TSESTree.Expression[]>>;
}

const indexes = new FileMemory<FileIndex>();

/** What the analyser asks of a whole file, gathered in one walk. */
export function indexOf(source: ParsedSource): FileIndex {
  let index = indexes.get(source.ast);
  if (!index) {
    index = buildIndex(source);
    indexes.set(source.ast, index);
  }
  return index;
}

function buildIndex({ ast, visitorKeys }: ParsedSource): FileIndex {
  const loops: TSESTree.ForOfStatement[] = [];
  const ownCalls: MethodCall[] = [];
  const pulls: MethodCall[] = [];
  const listeners: MethodCall[] = [];
  const abortChecks: TSESTree.MemberExpression[] = [];
  const jsonParses: TSESTree.CallExpression[] = [];
  const intervals: TSESTree.CallExpression[] = [];
  const timeouts: TSESTree.CallExpression[] = [];
  const returns = new Map<FunctionNode, TSESTree.Expression[]>();
  const relays = new Map<FunctionNode, TSESTree.Expression[]>();
  const fields = new Map<TSESTree.Node, Map<string, TSESTree.Expression[]>>();
  visit(ast, visitorKeys, (node) => {
    switch (node.type) {
      // Most nodes of a file. Types hold nothing that runs.
      case 'Identifier':
      case 'ImportDeclaration':
      case 'Literal':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSTypeAnnotation':
      case 'TSTypeParameterInstantiation':
        return false;
      case 'ForOfStatement':
        if (node.await) loops.push(node);
        break;
      case 'CallExpression': {
        const method = findMethodCall(node);
        if (method?.object.type === 'ThisExpression') ownCalls.push(method);
        if (method && isPull(method)) pulls.push(method);
        if (method && isListening(method)) listeners.push(method);
        if (method && isJsonParse(method)) jsonParses.push(node);
        if (node.callee.type === 'Identifier' && node.callee.name === 'setInterval') intervals.push(node);
        if (node.callee.type === 'Identifier' && node.callee.name === 'setTimeout') timeouts.push(node);
        break;
      }
      case 'MemberExpression': {
        const name = findPropertyName(node);
        if (name === 'aborted' || name === 'throwIfAborted') abortChecks.push(node);
        break;
      }
      case 'ArrowFunctionExpression':
        if (node.body.type !== 'BlockStatement') returns.set(node, [node.body]);
        break;
      case 'ReturnStatement': {
        const owner = node.argument && nearest(node, isFunction);
        if (owner) append(returns, owner, node.argument);
        break;
      }
      case 'YieldExpression': {
        const owner = nearest(node, isFunction);
        const relayed = node.delegate ? node.argument : findLoop(node)?.right;
        if (owner && relayed && !relays.get(owner)?.includes(relayed)) append(relays, owner, relayed);
        break;
      }
      case 'AssignmentExpression': {
        if (node.left.type !== 'MemberExpression' || node.left.object.type !== 'ThisExpression') break;
        const owner = nearest(node, isClass);
        const { property } = node.left;
        if (!owner || (property.type !== 'Identifier' && property.type !== 'PrivateIdentifier')) break;
        const names = fields.get(owner) ?? new Map<string, TSESTree.Expression[]>();
        append(names, property.type === 'PrivateIdentifier' ? `#${property.name}` : property.name, node.right);
        fields.set(owner, names);
        break;
      }
      default:
    }
    return true;
  });
  for (const { call, object } of pulls) {
    const owner = nearest(call, isFunction);
    if (owner?.generator && !relays.get(owner)?.includes(object)) append(relays, owner, object);
  }
  return { loops, ownCalls, pulls, listeners, abortChecks, jsonParses, intervals, timeouts, returns, relays, fields };
}

function findMethodCall(call: TSESTree.CallExpression): MethodCall | null {
  const callee = unwrap(call.callee);
  const name = callee.type === 'MemberExpression' ? findPropertyName(callee) : null;
  return callee.type === 'MemberExpression' && name !== null ? { call, object: callee.object, name } : null;
}

const isPull = ({ call, name }: MethodCall): boolean => (name === 'read' || name === 'next') && call.arguments.length === 0;

const isJsonParse = ({ object, name }: MethodCall): boolean => name === 'parse' && object.type === 'Identifier' && object.name === 'JSON';

const isListening = ({ call: { arguments: [event, listener] }, name }: MethodCall): boolean =>
  (name === 'on' || name === 'once' || name === 'addListener') && event?.type === 'Literal' && typeof event.value === 'string' && listener !== undefined;

/** The `for await` that a node of the same function stands in. */
function findLoop(node: TSESTree.Node): TSESTree.ForOfStatement | null {
  for (let outer = node.parent; outer && !isFunction(outer); outer = outer.parent) {
    if (outer.type === 'ForOfStatement' && outer.await) return outer;
  }
  return null;
}

function nearest<T extends TSESTree.Node>(node: TSESTree.Node, is: (node: TSESTree.Node) => node is T): T | null {
  for (let outer = node.parent; outer; outer = outer.parent) if (is(outer)) return outer;
  return null;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
