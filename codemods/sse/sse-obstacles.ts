import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import { type HandParsing, mentions, type Taking } from '../../src/analysis/bytes/hand-parsing.ts';
import { findTarget, isLeaving, isRound } from '../../src/analysis/source/jumps.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import {
  ancestorsOf,
  findFunction,
  findPropertyName,
  hasNode,
  isFunction,
  isInside,
  unwrap,
  visit,
} from '../../src/analysis/source/tree.ts';
import type { Obstacle } from '../options/placement.ts';

const unnamed: Obstacle = {
  obstacle: 'What the reader reads has no name of its own; give the response one, then run this again.',
};
const broken: Obstacle = {
  obstacle:
    'A `break` leaves the lines of one piece here and no more, which nothing else can do the same; say whether it is to end the answer, then run this again.',
};
const guarded: Obstacle = {
  obstacle:
    'The `try` around the parse has a `finally`, which would run for chunks only; move it, then run this again.',
};
const followed: Obstacle = {
  obstacle:
    'At the end of the answer the loop leaves its function, and what stands behind it would run then; move that, then run this again.',
};
const used = (name: string): Obstacle => ({
  obstacle: `\`${name}\` is used for more than the parsing; take it out of the rest, then run this again.`,
});

/** With its label. */
export const outermost = (loop: TSESTree.Node): TSESTree.Node =>
  loop.parent?.type === 'LabeledStatement' ? loop.parent : loop;

/** Null where the loop can become another. */
export function findHindrance(source: ParsedSource, parsing: HandParsing): Obstacle | null {
  const { loop, taking, leaves } = parsing;
  const { guard } = taking;
  if (guard?.finalizer) return guarded;
  const kept = findKept(taking);
  const inner = findInner(source, parsing, kept);
  const name = [...inner].find((variable) =>
    kept.some((statement) => mentions(source, statement, new Set([variable]), taking.parse)),
  );
  if (name) return used(name.name);
  if (
    kept.some((statement) =>
      hasNode(statement, source.visitorKeys, (node) => jumpsAway(node, statement, loop, parsing)),
    )
  )
    return broken;
  return leaves.every((leave) => endsAlike(source, leave, loop)) ? null : followed;
}

/** The program's own statements, with the one that holds the parse where that does more. */
function findKept({ statement, target, guard, guarded, rest }: Taking): TSESTree.Node[] {
  const first = target ? [] : [statement];
  const handler = guard?.handler && (guarded.length > 0 || !target) ? [guard.handler] : [];
  return [...first, ...guarded, ...handler, ...rest];
}

/** Variables of the loop that are about the parsing: those that are declared in it and not in what is kept. */
function findInner(
  source: ParsedSource,
  { loop, taking, tools }: HandParsing,
  kept: readonly TSESTree.Node[],
): Set<Variable> {
  const target = taking.target ? new Set(namesIn(source, taking.target)) : new Set<Variable>();
  const inner = new Set(tools);
  visit(loop, source.visitorKeys, (node) => {
    const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
    const isDeclared = variable?.defs.some(({ name }) => name === node) ?? false;
    if (variable && isDeclared && !target.has(variable) && !kept.some((statement) => isInside(node, statement)))
      inner.add(variable);
    return !isFunction(node);
  });
  for (const variable of target) inner.delete(variable);
  return inner;
}

function namesIn(source: ParsedSource, pattern: TSESTree.Node): Variable[] {
  const names: Variable[] = [];
  visit(pattern, source.visitorKeys, (node) => {
    const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
    if (variable) names.push(variable);
  });
  return names;
}

/**
 * A jump of the program's own to the lines of one piece, or to the pieces. A `continue` to the next line is one to the
 * next chunk.
 */
function jumpsAway(
  node: TSESTree.Node,
  statement: TSESTree.Node,
  loop: TSESTree.Node,
  { taking }: HandParsing,
): boolean {
  if (node.type !== 'BreakStatement' && node.type !== 'ContinueStatement') return false;
  const target = findTarget(node);
  if (!target || isInside(target, statement)) return false;
  const round = findRound(taking.statement);
  if (node.type === 'ContinueStatement' && target === round) return false;
  // Out of the loop over the body, by its label or because there is no loop over lines.
  return !(isLeaving(node, loop) && node.type === 'BreakStatement');
}

function findRound(node: TSESTree.Node): TSESTree.Node | null {
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer)) return null;
    if (isRound(outer)) return outer;
  }
  return null;
}

/** Leaving the function and coming to the end of the loop are the same: nothing follows but the same `return`. */
function endsAlike(source: ParsedSource, leave: TSESTree.ReturnStatement, loop: TSESTree.Node): boolean {
  for (let node: TSESTree.Node = outermost(loop); node.parent && !isFunction(node); node = node.parent) {
    const { parent } = node;
    if (isRound(parent) || parent.type === 'SwitchStatement') return false;
    const list: readonly TSESTree.Node[] =
      parent.type === 'BlockStatement' || parent.type === 'Program' ? parent.body : [];
    const [next] = list
      .slice(list.indexOf(node) + 1)
      .filter((statement) => !/^(?:FunctionDeclaration|TS\w+Declaration|EmptyStatement)$/.test(statement.type));
    if (next)
      return (
        next.type === 'ReturnStatement' &&
        source.text.slice(...next.range).replace(/;$/, '') === source.text.slice(...leave.range).replace(/;$/, '')
      );
  }
  return leave.argument === null;
}

/** Two places do the same with their JSON. */
export function isSameTaking(source: ParsedSource, taking: Taking, other: Taking): boolean {
  const read = (each: Taking): string => {
    const parse = source.text.slice(...each.parse.range);
    return [
      ...(each.target ? [source.text.slice(...each.target.range)] : []),
      ...findKept(each).map(({ range }) =>
        source.text
          .slice(...range)
          .replace(parse, 'JSON')
          .replace(/\s+/g, ' '),
      ),
    ].join('\n');
  };
  return read(taking) === read(other);
}

// ── What goes ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ToolPlaces {
  /** Statements outside of the loop that go. */
  readonly gone: readonly TSESTree.Node[];
  /** `if (!reader)`, which becomes `if (!response.body)`. */
  readonly asked: readonly TSESTree.Node[];
  /** What the reader reads. */
  readonly stream: TSESTree.Expression;
}

export function findToolPlaces(
  source: ParsedSource,
  { loop, stream, tools, tail }: HandParsing,
): ToolPlaces | Obstacle {
  const gone = new Set<TSESTree.Node>(tail);
  const asked: TSESTree.Node[] = [];
  let read: TSESTree.Expression = stream;
  for (const variable of tools) {
    const [def] = variable.defs;
    const declarator = def?.node.type === 'VariableDeclarator' ? def.node : null;
    if (
      !declarator ||
      declarator.parent.declarations.length > 1 ||
      findFunction(declarator) !== findFunction(loop) ||
      declarator.parent.parent.type === 'ForStatement'
    )
      return used(variable.name);
    gone.add(declarator.parent);
    const isReader = declarator.init !== null && isGetReader(unwrap(declarator.init));
    if (isReader)
      read = ((unwrap(declarator.init!) as TSESTree.CallExpression).callee as TSESTree.MemberExpression).object;
    for (const { identifier, init } of variable.references) {
      if (init || isInside(identifier, loop) || tail.some((statement) => isInside(identifier, statement))) continue;
      const cleanup =
        isReader && findFunction(identifier) === findFunction(loop) ? findCleanup(identifier, loop) : null;
      const isAsked =
        isReader &&
        identifier.parent.type === 'UnaryExpression' &&
        identifier.parent.operator === '!' &&
        identifier.parent.parent.type === 'IfStatement';
      if (cleanup) gone.add(cleanup);
      else if (isAsked) asked.push(identifier);
      else return used(variable.name);
    }
  }
  const isHead = loop.type === 'ForOfStatement';
  return !isHead && !isNamed(source, read, loop) ? unnamed : { gone: [...gone], asked, stream: read };
}

const isGetReader = (node: TSESTree.Node): boolean =>
  node.type === 'CallExpression' &&
  unwrap(node.callee).type === 'MemberExpression' &&
  findPropertyName(unwrap(node.callee) as TSESTree.MemberExpression) === 'getReader';

/** `reader.releaseLock()`, `await reader.cancel()`: behind the loop; leaving it closes the body. */
function findCleanup({ parent }: TSESTree.Node, loop: TSESTree.Node): TSESTree.Node | null {
  if (parent?.type !== 'MemberExpression' || !/^(?:releaseLock|cancel)$/.test(findPropertyName(parent) ?? ''))
    return null;
  let node: TSESTree.Node | undefined = parent.parent;
  while (node && /^(?:CallExpression|AwaitExpression|ChainExpression)$/.test(node.type)) node = node.parent;
  return node?.type === 'ExpressionStatement' && node.range[0] > loop.range[1] ? node : null;
}

/** Names that are what they were when the loop begins. */
function isNamed(source: ParsedSource, value: TSESTree.Node, loop: TSESTree.Node): boolean {
  const node = unwrap(value);
  if (node.type === 'MemberExpression') return !node.computed && isNamed(source, node.object, loop);
  const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
  return (
    variable !== null &&
    variable.references.every((reference) => reference.init || !reference.isWrite()) &&
    findFunction(loop) !== undefined
  );
}
