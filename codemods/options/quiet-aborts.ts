import type { TSESTree } from '@typescript-eslint/utils';
import { isRound } from '../../src/analysis/source/jumps.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { ancestorsOf, findFunction, isFunction, visit } from '../../src/analysis/source/tree.ts';
import { catalog } from '../../src/providers/catalog.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import type { HelperOption, Obstacle } from './placement.ts';

const quietEnd: Obstacle = {
  obstacle:
    'After an abort this loop ends quietly and the program goes on, while the helper throws the reason; catch that ' +
    'around the loop, then run this again.',
};

/** What SDKs throw at an abort, instead of the signal's reason. */
const ABORT_ERRORS: ReadonlySet<string> = new Set(catalog.flatMap(({ abortErrors }) => abortErrors));

/**
 * A handler recognises an abort by the SDK's own error. The helper throws the signal's reason instead, so the handler
 * would treat the abort as a failure. Null where the handler also tests the signal, or the name `AbortError`.
 */
export function findNamedAbortObstacle(
  source: ParsedSource,
  { coverage }: StreamLoop,
  moved: readonly HelperOption[],
): Obstacle | null {
  if (!moved.some(({ name }) => name === 'signal')) return null;
  for (const handler of [coverage.opening, coverage.iterating]) {
    const names = handler ? listWords(source, handler.node) : [];
    const own = names.find((name) => ABORT_ERRORS.has(name));
    if (own !== undefined && !names.some((name) => name === 'AbortError' || name === 'aborted'))
      return {
        obstacle:
          `An abort is known here by \`${own}\`, and the helper throws the reason of the signal; ask whether the ` +
          'signal is `aborted`, then run this again.',
      };
  }
  return null;
}

/** The names and the strings in a piece of code. */
function listWords(source: ParsedSource, root: TSESTree.Node): string[] {
  const words: string[] = [];
  visit(root, source.visitorKeys, (node) => {
    if (node.type === 'Identifier') words.push(node.name);
    if (node.type === 'Literal' && typeof node.value === 'string') words.push(node.value);
  });
  return words;
}

/**
 * The loops of some SDKs end without an error when their signal is aborted; the helper's loop throws. Null where that
 * makes no difference: the program catches the error, or throws by itself, or nothing runs after the loop. Null too
 * where the signal is only a timeout: there the quiet end accepted a truncated answer as complete.
 */
export function findAbortObstacle(
  { node, coverage, errorGoesTo, abortChecks, limits }: StreamLoop,
  { onAbort }: StreamApi,
  moved: readonly HelperOption[],
): Obstacle | null {
  if (onAbort !== 'silent' || !moved.some(({ name }) => name === 'signal')) return null;
  if (coverage.iterating !== null || abortChecks.some(isThrowing)) return null;
  if (limits.signal?.bounds === 'total' && limits.signal.node.type !== 'ArrayExpression' && !isAny(limits.signal.node))
    return null;
  const crashes = errorGoesTo === 'to-nobody' && findFunction(node) !== null;
  return crashes || isFollowed(node) ? quietEnd : null;
}

/** `AbortSignal.any([own, AbortSignal.timeout(ms)])`: not only a timeout. */
const isAny = (value: TSESTree.Node): boolean =>
  value.type === 'CallExpression' &&
  value.callee.type === 'MemberExpression' &&
  value.callee.property.type === 'Identifier' &&
  value.callee.property.name === 'any';

/** `signal.throwIfAborted()`, `if (signal.aborted) throw …`. */
function isThrowing(check: TSESTree.Node): boolean {
  const member = check.type === 'MemberExpression' ? check : null;
  if (member?.property.type === 'Identifier' && member.property.name === 'throwIfAborted') return true;
  for (const outer of ancestorsOf(check)) {
    if (isFunction(outer)) return false;
    if (outer.type !== 'IfStatement') continue;
    const { consequent } = outer;
    return (consequent.type === 'BlockStatement' ? consequent.body.at(-1) : consequent)?.type === 'ThrowStatement';
  }
  return false;
}

/** Something runs after the loop in its function; a `finally`, which runs after an error too, does not count. */
function isFollowed(loop: TSESTree.Node): boolean {
  let child = loop;
  for (const outer of ancestorsOf(loop)) {
    if (isFunction(outer)) return false;
    if (isRound(outer)) return true;
    const statements: readonly TSESTree.Node[] =
      outer.type === 'BlockStatement' || outer.type === 'Program'
        ? outer.body
        : outer.type === 'SwitchCase'
          ? outer.consequent
          : [];
    if (statements.slice(statements.indexOf(child) + 1).some(runs)) return true;
    child = outer;
  }
  return false;
}

/** Not a declaration of a function or a type, and not a `return` without a value. */
const runs = (statement: TSESTree.Node): boolean =>
  !/^(FunctionDeclaration|TS\w+Declaration|Export\w+|EmptyStatement|BreakStatement)$/.test(statement.type) &&
  !(statement.type === 'ReturnStatement' && statement.argument === null);
