import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable, variablesIn } from '../../src/analysis/source/bindings.ts';
import { type HandParsing, mentions, type JsonUse } from '../../src/analysis/bytes/hand-parsing.ts';
import { findJumpTarget, isLeaving, isRound } from '../../src/analysis/source/jumps.ts';
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

const obstacles = {
  unnamedStream: {
    obstacle: 'What the reader reads has no name of its own; give the response one, then run this again.',
  },
  breakOfLines: {
    obstacle:
      'A `break` leaves the lines of one piece here and no more, which nothing else can do the same; say whether it ' +
      'is to end the answer, then run this again.',
  },
  finalizer: {
    obstacle:
      'The `try` around the parse has a `finally`, which would run for chunks only; move it, then run this again.',
  },
  returnAtEnd: {
    obstacle:
      'At the end of the answer the loop leaves its function, and what stands behind it would run then; move that, ' +
      'then run this again.',
  },
} satisfies Record<string, Obstacle>;

const describeUse = (name: string): Obstacle => ({
  obstacle: `\`${name}\` is used for more than the parsing; take it out of the rest, then run this again.`,
});

/** The loop with its label. */
export const outermost = (loop: TSESTree.Node): TSESTree.Node =>
  loop.parent?.type === 'LabeledStatement' ? loop.parent : loop;

/** Why a loop over `sse()` or `ndjson()` cannot replace the loop; null where it can. */
export function findParsingObstacle(source: ParsedSource, parsing: HandParsing): Obstacle | null {
  const { loop, jsonUse, returns } = parsing;
  const { guard } = jsonUse;
  if (guard?.finalizer) return obstacles.finalizer;
  const kept = listKept(jsonUse);
  const inner = listParsingVariables(source, parsing, kept);
  const name = [...inner].find((variable) =>
    kept.some((statement) => mentions(source, statement, new Set([variable]), jsonUse.parse)),
  );
  if (name) return describeUse(name.name);
  if (
    kept.some((statement) =>
      hasNode(statement, source.visitorKeys, (node) => jumpsAway(node, statement, loop, parsing)),
    )
  )
    return obstacles.breakOfLines;
  return returns.every((leave) => endsAlike(source, leave, loop)) ? null : obstacles.returnAtEnd;
}

/** The statements that stay: the program's own, with the statement of the parse where that does more than parse. */
function listKept({ statement, target, guard, guarded, rest }: JsonUse): TSESTree.Node[] {
  const first = target ? [] : [statement];
  const handler = guard?.handler && (guarded.length > 0 || !target) ? [guard.handler] : [];
  return [...first, ...guarded, ...handler, ...rest];
}

/** The variables of the parsing: the tools, and those that are declared in the loop outside of the kept statements. */
function listParsingVariables(
  source: ParsedSource,
  { loop, jsonUse, tools }: HandParsing,
  kept: readonly TSESTree.Node[],
): Set<Variable> {
  const target = jsonUse.target ? new Set(variablesIn(source, jsonUse.target)) : new Set<Variable>();
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

/**
 * The program jumps in the loop over the lines of one piece, or in the loop over the pieces. After the rewrite there is
 * one loop over chunks: only a `continue` with the next line, which becomes the next chunk, means the same there.
 */
function jumpsAway(
  node: TSESTree.Node,
  statement: TSESTree.Node,
  loop: TSESTree.Node,
  { jsonUse }: HandParsing,
): boolean {
  if (node.type !== 'BreakStatement' && node.type !== 'ContinueStatement') return false;
  const target = findJumpTarget(node);
  if (!target || isInside(target, statement)) return false;
  if (node.type === 'ContinueStatement' && target === findLoopAround(jsonUse.statement)) return false;
  // A `break` out of the loop over the pieces, by its label or because there is no loop over lines, ends both loops.
  return !(isLeaving(node, loop) && node.type === 'BreakStatement');
}

function findLoopAround(node: TSESTree.Node): TSESTree.Node | null {
  for (const outer of ancestorsOf(node)) {
    if (isFunction(outer)) return null;
    if (isRound(outer)) return outer;
  }
  return null;
}

/** To leave the function and to end the loop is the same here: nothing follows the loop but the same `return`. */
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

/** Two places do the same with the JSON that they parse. */
export function isSameTaking(source: ParsedSource, taking: JsonUse, other: JsonUse): boolean {
  const read = (each: JsonUse): string => {
    const parse = source.text.slice(...each.parse.range);
    return [
      ...(each.target ? [source.text.slice(...each.target.range)] : []),
      ...listKept(each).map(({ range }) =>
        source.text
          .slice(...range)
          .replace(parse, 'JSON')
          .replace(/\s+/g, ' '),
      ),
    ].join('\n');
  };
  return read(taking) === read(other);
}

// ── What is removed ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Where the tools of the parsing (reader, decoder, buffer) stand outside of the loop. */
export interface ToolPlaces {
  /** Statements that are removed. */
  readonly removed: readonly TSESTree.Node[];
  /** `reader` of `if (!reader)`, which becomes `if (!response.body)`. */
  readonly tested: readonly TSESTree.Node[];
  /** What the reader reads: `response.body`. */
  readonly stream: TSESTree.Expression;
}

export function findToolPlaces(
  source: ParsedSource,
  { loop, stream, tools, tail }: HandParsing,
): ToolPlaces | Obstacle {
  const removed = new Set<TSESTree.Node>(tail);
  const tested: TSESTree.Node[] = [];
  let read: TSESTree.Expression = stream;
  for (const variable of tools) {
    const declarator = findToolDeclarator(variable, loop);
    if (!declarator) return describeUse(variable.name);
    removed.add(declarator.parent);
    const readerCall = findGetReader(declarator);
    if (readerCall) read = readerCall.object;
    for (const { identifier, init } of variable.references) {
      if (init || isInside(identifier, loop) || tail.some((statement) => isInside(identifier, statement))) continue;
      const cleanup = readerCall ? findCleanup(identifier, loop) : null;
      if (cleanup) removed.add(cleanup);
      else if (readerCall && isNegatedTest(identifier)) tested.push(identifier);
      else return describeUse(variable.name);
    }
  }
  const isConstant = loop.type === 'ForOfStatement' || isConstantName(source, read);
  return isConstant ? { removed: [...removed], tested, stream: read } : obstacles.unnamedStream;
}

/** The declaration of a tool, alone in its statement and in the function of the loop. */
function findToolDeclarator({ defs }: Variable, loop: TSESTree.Node): TSESTree.VariableDeclarator | null {
  const declarator = defs[0]?.node.type === 'VariableDeclarator' ? defs[0].node : null;
  return declarator &&
    declarator.parent.declarations.length === 1 &&
    findFunction(declarator) === findFunction(loop) &&
    declarator.parent.parent.type !== 'ForStatement'
    ? declarator
    : null;
}

/** `response.body.getReader` of `const reader = response.body.getReader()`. */
function findGetReader({ init }: TSESTree.VariableDeclarator): TSESTree.MemberExpression | null {
  const call = init && unwrap(init);
  const callee = call?.type === 'CallExpression' ? unwrap(call.callee) : null;
  return callee?.type === 'MemberExpression' && findPropertyName(callee) === 'getReader' ? callee : null;
}

/** `if (!reader)`. */
const isNegatedTest = ({ parent }: TSESTree.Node): boolean =>
  parent?.type === 'UnaryExpression' && parent.operator === '!' && parent.parent.type === 'IfStatement';

/** `reader.releaseLock()`, `await reader.cancel()`, after the loop: the new loop closes the body by itself. */
function findCleanup(reader: TSESTree.Node, loop: TSESTree.Node): TSESTree.Node | null {
  const { parent } = reader;
  if (findFunction(reader) !== findFunction(loop)) return null;
  if (parent?.type !== 'MemberExpression' || !/^(?:releaseLock|cancel)$/.test(findPropertyName(parent) ?? ''))
    return null;
  let node: TSESTree.Node | undefined = parent.parent;
  while (node && /^(?:CallExpression|AwaitExpression|ChainExpression)$/.test(node.type)) node = node.parent;
  return node?.type === 'ExpressionStatement' && node.range[0] > loop.range[1] ? node : null;
}

/** A name whose value does not change: `response.body`. */
function isConstantName(source: ParsedSource, value: TSESTree.Node): boolean {
  const node = unwrap(value);
  if (node.type === 'MemberExpression') return !node.computed && isConstantName(source, node.object);
  const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
  return variable !== null && variable.references.every((reference) => reference.init || !reference.isWrite());
}
