import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from './parsed-source.ts';
import { type FunctionNode, isClass, isFunction, visit } from './tree.ts';

interface FileIndex {
  readonly loops: readonly TSESTree.ForOfStatement[];
  readonly returns: ReadonlyMap<FunctionNode, readonly TSESTree.Expression[]>;
  /** `this.name = value` by class, then by name. */
  readonly fields: ReadonlyMap<TSESTree.Node, ReadonlyMap<string, readonly TSESTree.Expression[]>>;
}

const indexes = new WeakMap<TSESTree.Program, FileIndex>();

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
  const returns = new Map<FunctionNode, TSESTree.Expression[]>();
  const fields = new Map<TSESTree.Node, Map<string, TSESTree.Expression[]>>();
  visit(ast, visitorKeys, (node) => {
    if (node.type === 'ForOfStatement' && node.await) loops.push(node);
    if (node.type === 'ArrowFunctionExpression' && node.body.type !== 'BlockStatement') returns.set(node, [node.body]);
    if (node.type === 'ReturnStatement' && node.argument) {
      const owner = nearest(node, isFunction);
      if (owner) append(returns, owner, node.argument);
    }
    if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' && node.left.object.type === 'ThisExpression') {
      const owner = nearest(node, isClass);
      const { property } = node.left;
      if (!owner || (property.type !== 'Identifier' && property.type !== 'PrivateIdentifier')) return;
      const names = fields.get(owner) ?? new Map<string, TSESTree.Expression[]>();
      append(names, property.type === 'PrivateIdentifier' ? `#${property.name}` : property.name, node.right);
      fields.set(owner, names);
    }
  });
  return { loops, returns, fields };
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
