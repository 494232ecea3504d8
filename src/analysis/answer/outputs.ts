import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamApi } from '../../providers/provider.ts';
import { findVariable, variablesIn } from '../source/bindings.ts';
import { type ChunkRead, isOnTheWay, isReadAt } from '../loops/chunk-reads.ts';
import { isAddition, isLogger } from '../source/words.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Output } from '../facts/stream-loop.ts';
import { findPropertyName, isFunction, isInside, unwrap, visit } from '../source/tree.ts';

/** `const html = render(text)`, and what is made of `html`: longer chains are not followed. */
const MAX_STEPS = 3;

/** Where text of the answer, or a value made of it, leaves the loop. */
export function findOutputs(source: ParsedSource, { bodies, reads, node: loop }: LoopSite, api: StreamApi): Output[] {
  const texts = reads.filter((read) => isOfText(api, read));
  const search: Search = {
    source,
    loop,
    texts: new Set(texts.map(({ node }) => unwrap(node))),
    names: new Set(texts.flatMap(({ node }) => (node.type === 'Property' ? variablesIn(source, node.value) : []))),
  };
  for (let step = 0; step < MAX_STEPS; step++) for (const body of bodies) addTextVariables(search, body);
  const outputs: Output[] = [];
  for (const body of bodies) {
    if (body.type !== 'BlockStatement') outputs.push(...outputsOf(search, body));
    visit(body, source.visitorKeys, (node) => {
      if (node.type === 'YieldExpression' && node.argument && holdsText(search, node.argument))
        outputs.push({ node, variable: null, adds: true });
      if (node.type === 'ExpressionStatement') outputs.push(...outputsOf(search, node.expression));
      if (node.type === 'ArrowFunctionExpression' && node.body.type !== 'BlockStatement')
        outputs.push(...outputsOf(search, node.body));
    });
  }
  return outputs;
}

interface Search {
  readonly source: ParsedSource;
  readonly loop: TSESTree.Node;
  readonly texts: ReadonlySet<TSESTree.Node>;
  /** Variables that hold a value made of the text. */
  readonly names: Set<Variable>;
}

/** The read gives the text, an object that contains it, or the whole chunk. */
const isOfText = ({ text }: StreamApi, read: ChunkRead): boolean =>
  text === null || read.path.length === 0 || isReadAt(read, text) || isOnTheWay(read, text);

function holdsText({ source, texts, names }: Search, expression: TSESTree.Node): boolean {
  let found = false;
  visit(expression, source.visitorKeys, (node) => {
    const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
    found ||= texts.has(node) || (variable !== null && names.has(variable));
    return !found;
  });
  return found;
}

function addTextVariables(search: Search, body: TSESTree.Node): void {
  const { source, names, texts } = search;
  const add = (target: TSESTree.Node): void => {
    for (const variable of variablesIn(source, target)) names.add(variable);
  };
  visit(body, source.visitorKeys, (node) => {
    // A plain alias is among the reads already, with its path.
    if (
      node.type === 'VariableDeclarator' &&
      node.init &&
      !texts.has(unwrap(node.init)) &&
      holdsText(search, node.init)
    )
      add(node.id);
    if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && holdsText(search, node.right))
      add(node.left);
    if (node.type === 'ForOfStatement' && !texts.has(unwrap(node.right)) && holdsText(search, node.right))
      add(node.left);
    if (node.type === 'CallExpression' && holdsText(search, node.callee))
      for (const callback of node.arguments) if (isFunction(callback) && callback.params[0]) add(callback.params[0]);
  });
}

/** The outputs of an expression that stands as a statement. */
function outputsOf(search: Search, expression: TSESTree.Node): Output[] {
  const node = unwrap(expression);
  switch (node.type) {
    case 'AwaitExpression':
    case 'UnaryExpression':
      return outputsOf(search, node.argument);
    case 'LogicalExpression':
      return outputsOf(search, node.right);
    case 'ConditionalExpression':
      return [...outputsOf(search, node.consequent), ...outputsOf(search, node.alternate)];
    case 'AssignmentExpression': {
      if (!holdsText(search, node.right)) return [];
      const variable = findOwnerVariable(search, node.left);
      const adds =
        node.operator !== '=' || (variable !== null && variablesIn(search.source, node.right).includes(variable));
      return toOutput(search, node, variable, adds);
    }
    case 'CallExpression': {
      if (!node.arguments.some((argument) => holdsText(search, argument)) || isLogLine(unwrap(node.callee))) return [];
      const callee = unwrap(node.callee);
      // The body of `chunk.choices.forEach((choice) => show(choice))` is visited on its own.
      if (holdsText(search, callee) && node.arguments.some(isFunction)) return [];
      const isCollected = callee.type === 'MemberExpression' && isAddition(findPropertyName(callee));
      return toOutput(search, node, isCollected ? findOwnerVariable(search, callee.object) : null, true);
    }
    default:
      return [];
  }
}

/** A log line is no output. `console.log` is one: a program at the terminal shows the answer with it. */
const isLogLine = (callee: TSESTree.Node): boolean =>
  isLogger(callee) &&
  !(
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'console' &&
    findPropertyName(callee) === 'log'
  );

/** `result` of `result.text`. */
function findOwnerVariable(search: Search, target: TSESTree.Node): Variable | null {
  const owner = unwrap(target);
  if (owner.type === 'MemberExpression') return findOwnerVariable(search, owner.object);
  return owner.type === 'Identifier' ? findVariable(search.source, owner) : null;
}

/** A variable that is declared in the loop does not leave it. */
const toOutput = ({ loop }: Search, node: TSESTree.Node, variable: Variable | null, adds: boolean): Output[] =>
  variable?.defs.every(({ name }) => isInside(name, loop)) ? [] : [{ node, variable, adds }];
