import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../source/bindings.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Accumulator, StreamLoop } from '../facts/stream-loop.ts';
import { ancestorsOf, findFunction, findPropertyName, isFunction, isInside, unwrap, visit } from '../source/tree.ts';
import { isListChange } from '../source/words.ts';

/**
 * Methods that change nothing but, for `push`, the array that they are called on; `text` is that of Google's chunks.
 */
const PURE_METHODS = new Set([
  'trim',
  'trimStart',
  'trimEnd',
  'slice',
  'substring',
  'includes',
  'startsWith',
  'endsWith',
  'toString',
  'at',
  'join',
  'toLowerCase',
  'toUpperCase',
  'text',
]);

type Effects = Pick<StreamLoop, 'effects' | 'accumulators'>;
const emits: Effects = { effects: 'emits', accumulators: [] };

/**
 * What the loop does with the chunks: hand them on, fill local variables and nothing else, or anything that is seen
 * outside.
 */
export function findEffects(source: ParsedSource, { node: loop, bodies, drive }: LoopSite): Effects {
  const filled = new Set<Variable>();
  let yields = false;
  let seenOutside = false;
  const look = (node: TSESTree.Node): boolean | void => {
    if (drive.has(node)) return false;
    switch (node.type) {
      case 'YieldExpression':
        yields = true;
        return;
      case 'AssignmentExpression':
      case 'UpdateExpression': {
        const target = node.type === 'AssignmentExpression' ? node.left : node.argument;
        const variable = target.type === 'Identifier' ? findVariable(source, target) : null;
        if (!variable) seenOutside = true;
        else if (!isDeclaredInside(variable, loop)) filled.add(variable);
        return;
      }
      case 'CallExpression': {
        const array = findPushed(source, node);
        if (array) {
          if (!isDeclaredInside(array, loop)) filled.add(array);
        } else if (!isPure(source, node, loop)) seenOutside = true;
        return;
      }
      case 'AwaitExpression':
      case 'NewExpression':
      case 'ImportExpression':
      case 'TaggedTemplateExpression':
      case 'ForInStatement':
      case 'ForOfStatement':
        // A head without a declaration writes to a variable of outside.
        seenOutside ||=
          !/^For/.test(node.type) ||
          ('await' in node && node.await) ||
          ('left' in node && node.left.type !== 'VariableDeclaration');
        return;
      case 'UnaryExpression':
        seenOutside ||= node.operator === 'delete';
        return;
      default:
        return isFunction(node) ? false : undefined;
    }
  };
  for (const body of bodies) visit(body, source.visitorKeys, look);
  if (yields) return { effects: 'yields', accumulators: [] };
  if (seenOutside) return emits;
  const accumulators = [...filled].map((variable) => findAccumulator(variable, loop));
  return accumulators.every((accumulator) => accumulator !== null) ? { effects: 'accumulates', accumulators } : emits;
}

const isDeclaredInside = ({ defs }: Variable, loop: TSESTree.Node): boolean =>
  defs.every(({ name }) => isInside(name as TSESTree.Node, loop));

function findPushed(source: ParsedSource, { callee }: TSESTree.CallExpression): Variable | null {
  const target = unwrap(callee);
  if (
    target.type !== 'MemberExpression' ||
    !isListChange(findPropertyName(target)) ||
    target.object.type !== 'Identifier'
  )
    return null;
  return findVariable(source, target.object);
}

/**
 * `String(x)`, and a method that changes nothing, called on what came out of a chunk: `socket.join(room)` is another
 * thing.
 */
function isPure(source: ParsedSource, { callee }: TSESTree.CallExpression, loop: TSESTree.Node): boolean {
  const target = unwrap(callee);
  if (target.type === 'Identifier') return target.name === 'String' || target.name === 'Number';
  if (target.type !== 'MemberExpression' || !PURE_METHODS.has(findPropertyName(target) ?? '')) return false;
  const owner = findOwner(target.object);
  const variable = owner.type === 'Identifier' ? findVariable(source, owner) : null;
  return (
    owner.type === 'Literal' ||
    owner.type === 'TemplateLiteral' ||
    (variable !== null && isDeclaredInside(variable, loop))
  );
}

/** `chunk` of `chunk.choices[0]?.delta.content.trim()`. */
function findOwner(node: TSESTree.Node): TSESTree.Node {
  const value = unwrap(node);
  if (value.type === 'MemberExpression') return findOwner(value.object);
  return value.type === 'CallExpression' ? findOwner(value.callee) : value;
}

/**
 * A variable that can be set back: local to the loop's function, declared before the loop with a plain value that it
 * still has there.
 */
function findAccumulator(variable: Variable, loop: TSESTree.Node): Accumulator | null {
  const [def] = variable.defs;
  if (variable.defs.length !== 1 || def?.type !== 'Variable') return null;
  const { id, init, parent } = def.node;
  if (id.type !== 'Identifier' || !init || findFunction(id) !== findFunction(loop)) return null;
  if (id.range[0] > loop.range[0] || isInLoopOfItsOwn(loop, id) || !isFresh(init)) return null;
  if (parent.kind === 'const' && init.type !== 'ArrayExpression') return null;
  const untouched = variable.references.every(({ identifier, init: isInit }) => {
    const node = identifier as TSESTree.Node;
    if (isInit || isInside(node, loop)) return true;
    if (findFunction(node) !== findFunction(loop)) return false; // a closure may show the partial text meanwhile
    return node.range[0] > loop.range[1];
  });
  return untouched ? { variable, initial: init } : null;
}

/** A loop around this one starts with what the round before left. */
function isInLoopOfItsOwn(loop: TSESTree.Node, declaration: TSESTree.Node): boolean {
  for (const outer of ancestorsOf(loop)) {
    if (isFunction(outer) || isInside(declaration, outer)) return false;
    if (/^(?:For|While|DoWhile)/.test(outer.type)) return true;
  }
  return false;
}

/** A value that is written again as it stands: `''`, `0`, `[]`, `null`. */
function isFresh(init: TSESTree.Expression): boolean {
  const value = unwrap(init) as TSESTree.Expression;
  switch (value.type) {
    case 'Literal':
      return true;
    case 'TemplateLiteral':
      return value.expressions.length === 0;
    case 'ArrayExpression':
      return value.elements.length === 0;
    case 'Identifier':
      return value.name === 'undefined';
    default:
      return false;
  }
}

/** How control leaves a round of the loop before its end. */
export function findControlFlow(
  source: ParsedSource,
  { form, node: loop, bodies, ends, drive }: LoopSite,
): StreamLoop['controlFlow'] {
  const found = new Set<StreamLoop['controlFlow'][number]>();
  const look = (node: TSESTree.Node): boolean => {
    if (isFunction(node)) return false;
    // `if (done) break;` is the end.
    if (node.type === 'IfStatement' && ends.has(unwrap(node.test))) return false;
    // A listener that returns has done with the chunk, not with the stream; a function that returns its next call goes
    // on.
    if (node.type === 'ReturnStatement' && !(node.argument && drive.has(unwrap(node.argument))))
      found.add(form === 'events' ? 'continue' : 'return');
    if (node.type === 'ThrowStatement') found.add('throw');
    if (node.type === 'ContinueStatement' && breaksOut(node, loop)) found.add('continue');
    if (node.type === 'BreakStatement' && breaksOut(node, loop)) found.add('break');
    return true;
  };
  for (const body of bodies) visit(body, source.visitorKeys, look);
  return [...found];
}

function breaksOut(node: TSESTree.BreakStatement | TSESTree.ContinueStatement, loop: TSESTree.Node): boolean {
  if (node.label) return true;
  for (const outer of ancestorsOf(node)) {
    if (outer === loop) return true;
    if (
      /^(?:For|While|DoWhile)/.test(outer.type) ||
      (outer.type === 'SwitchStatement' && node.type === 'BreakStatement')
    )
      return false;
  }
  return false;
}
