import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../source/bindings.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Accumulator, StreamLoop } from '../facts/stream-loop.ts';
import { ancestorsOf, findFunction, findPropertyName, isFunction, isInside, unwrap, visit } from '../source/tree.ts';
import { isListChange } from '../source/words.ts';

/** Methods that change nothing. `text()` is the method of Google's chunks. */
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

/** What the bodies of one loop do, as far as they were visited. */
interface Seen {
  readonly source: ParsedSource;
  readonly loop: TSESTree.Node;
  /** Variables from outside the loop that it writes. */
  readonly filled: Set<Variable>;
  yields: boolean;
  /** It does something that others may see: it calls a function out of sight, writes to a member, or waits. */
  emits: boolean;
}

/**
 * What the loop does with the chunks. 'yields': it passes them to its consumer. 'accumulates': it fills local variables
 * and does nothing else, so that a second attempt can start anew. 'emits': anything that is seen outside.
 */
export function describeEffects(source: ParsedSource, { node: loop, bodies, drive }: LoopSite): Effects {
  const seen: Seen = { source, loop, filled: new Set(), yields: false, emits: false };
  for (const body of bodies)
    visit(body, source.visitorKeys, (node) => {
      if (drive.has(node) || isFunction(node)) return false;
      noteEffect(seen, node);
      return true;
    });
  if (seen.yields) return { effects: 'yields', accumulators: [] };
  if (seen.emits) return emits;
  const accumulators = [...seen.filled].map((variable) => toAccumulator(variable, loop));
  return accumulators.every((accumulator) => accumulator !== null) ? { effects: 'accumulates', accumulators } : emits;
}

function noteEffect(seen: Seen, node: TSESTree.Node): void {
  switch (node.type) {
    case 'YieldExpression':
      seen.yields = true;
      return;
    case 'AssignmentExpression':
      return noteWrite(seen, node.left);
    case 'UpdateExpression':
      return noteWrite(seen, node.argument);
    case 'CallExpression':
      return noteCall(seen, node);
    case 'UnaryExpression':
      seen.emits ||= node.operator === 'delete';
      return;
    case 'ForInStatement':
    case 'ForOfStatement':
      // `for (x of list)` without a declaration writes to a variable from outside the inner loop.
      seen.emits ||= node.left.type !== 'VariableDeclaration' || ('await' in node && node.await);
      return;
    case 'AwaitExpression':
    case 'NewExpression':
    case 'ImportExpression':
    case 'TaggedTemplateExpression':
      seen.emits = true;
      return;
    default:
  }
}

function noteWrite(seen: Seen, target: TSESTree.Node): void {
  const variable = target.type === 'Identifier' ? findVariable(seen.source, target) : null;
  if (variable) noteFilled(seen, variable);
  else seen.emits = true;
}

function noteCall(seen: Seen, call: TSESTree.CallExpression): void {
  const list = findChangedList(seen.source, call);
  if (list) noteFilled(seen, list);
  else seen.emits ||= !isPure(seen.source, call, seen.loop);
}

function noteFilled({ loop, filled }: Seen, variable: Variable): void {
  if (!isDeclaredInside(variable, loop)) filled.add(variable);
}

const isDeclaredInside = ({ defs }: Variable, loop: TSESTree.Node): boolean =>
  defs.every(({ name }) => isInside(name as TSESTree.Node, loop));

/** `parts` of `parts.push(text)`. */
function findChangedList(source: ParsedSource, { callee }: TSESTree.CallExpression): Variable | null {
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
 * Whether a call changes nothing: `String(x)`, or one of the methods above, called on a value that the loop made itself.
 * `socket.join(room)` is called on something else, and may do anything.
 */
function isPure(source: ParsedSource, { callee }: TSESTree.CallExpression, loop: TSESTree.Node): boolean {
  const target = unwrap(callee);
  if (target.type === 'Identifier') return target.name === 'String' || target.name === 'Number';
  if (target.type !== 'MemberExpression' || !PURE_METHODS.has(findPropertyName(target) ?? '')) return false;
  const owner = findRoot(target.object);
  const variable = owner.type === 'Identifier' ? findVariable(source, owner) : null;
  return (
    owner.type === 'Literal' ||
    owner.type === 'TemplateLiteral' ||
    (variable !== null && isDeclaredInside(variable, loop))
  );
}

/** `chunk` of `chunk.choices[0]?.delta.content.trim()`. */
function findRoot(node: TSESTree.Node): TSESTree.Node {
  const value = unwrap(node);
  if (value.type === 'MemberExpression') return findRoot(value.object);
  return value.type === 'CallExpression' ? findRoot(value.callee) : value;
}

/**
 * The variable as one that a second attempt can reset: local to the loop's function, declared before the loop, and with
 * its plain first value when the loop starts. Null where it cannot be reset.
 */
function toAccumulator(variable: Variable, loop: TSESTree.Node): Accumulator | null {
  const [def] = variable.defs;
  if (variable.defs.length !== 1 || def?.type !== 'Variable') return null;
  const { id, init, parent } = def.node;
  if (id.type !== 'Identifier' || !init || findFunction(id) !== findFunction(loop)) return null;
  if (id.range[0] > loop.range[0] || isInOuterLoop(loop, id) || !isPlainValue(init)) return null;
  if (parent.kind === 'const' && init.type !== 'ArrayExpression') return null;
  const untouched = variable.references.every(({ identifier, init: isInit }) => {
    const node = identifier as TSESTree.Node;
    if (isInit || isInside(node, loop)) return true;
    if (findFunction(node) !== findFunction(loop)) return false; // a closure may show the partial text in the meantime
    return node.range[0] > loop.range[1];
  });
  return untouched ? { variable, initial: init } : null;
}

/** A loop stands around this one and not around the declaration: it starts with what the round before left. */
function isInOuterLoop(loop: TSESTree.Node, declaration: TSESTree.Node): boolean {
  for (const outer of ancestorsOf(loop)) {
    if (isFunction(outer) || isInside(declaration, outer)) return false;
    if (/^(?:For|While|DoWhile)/.test(outer.type)) return true;
  }
  return false;
}

/** A value that can be written again as it stands: `''`, `0`, `[]`, `null`. */
function isPlainValue(init: TSESTree.Expression): boolean {
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

/** How control leaves a round of the loop before the end of its body. */
export function listJumps(
  source: ParsedSource,
  { form, node: loop, bodies, ends, drive }: LoopSite,
): StreamLoop['controlFlow'] {
  const found = new Set<StreamLoop['controlFlow'][number]>();
  const look = (node: TSESTree.Node): boolean => {
    if (isFunction(node)) return false;
    // `if (done) break;` leaves at the end of the stream.
    if (node.type === 'IfStatement' && ends.has(unwrap(node.test))) return false;
    // A listener that returns is finished with the chunk, not with the stream. A function that returns its next call
    // goes on.
    if (node.type === 'ReturnStatement' && !(node.argument && drive.has(unwrap(node.argument))))
      found.add(form === 'events' ? 'continue' : 'return');
    if (node.type === 'ThrowStatement') found.add('throw');
    if (node.type === 'ContinueStatement' && jumpsOut(node, loop)) found.add('continue');
    if (node.type === 'BreakStatement' && jumpsOut(node, loop)) found.add('break');
    return true;
  };
  for (const body of bodies) visit(body, source.visitorKeys, look);
  return [...found];
}

/** The jump leaves or continues the loop, or one around it. */
function jumpsOut(node: TSESTree.BreakStatement | TSESTree.ContinueStatement, loop: TSESTree.Node): boolean {
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
