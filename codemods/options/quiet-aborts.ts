import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { ancestorsOf, findFunction, isFunction, visit } from '../../src/analysis/source/tree.ts';
import { catalog } from '../../src/providers/catalog.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import type { HelperOption } from './placement.ts';

const quietEnd =
  'After an abort this loop ends quietly and the program goes on, while the helper throws the reason; catch that around the loop, then run this again.';

/** What SDKs throw at an abort, in the place of the signal's own reason. */
const ABORT_ERRORS: ReadonlySet<string> = new Set(catalog.flatMap(({ abortErrors }) => abortErrors));

/**
 * A handler knows an abort by the SDK's own error, which the helper never throws: it throws the signal's reason, and
 * the abort would be taken for a failure. Null where the handler looks at the signal too, or at the name of such a
 * reason.
 */
export function findNamedAbortObstacle(
  source: ParsedSource,
  { coverage }: StreamLoop,
  moved: readonly HelperOption[],
): string | null {
  if (!moved.some(({ name }) => name === 'signal')) return null;
  for (const handler of [coverage.opening, coverage.iterating]) {
    const names = handler ? findWords(source, handler.node) : [];
    const own = names.find((name) => ABORT_ERRORS.has(name));
    if (own !== undefined && !names.some((name) => name === 'AbortError' || name === 'aborted'))
      return `An abort is known here by \`${own}\`, and the helper throws the reason of the signal; ask whether the signal is \`aborted\`, then run this again.`;
  }
  return null;
}

/** Names and strings of one word. */
function findWords(source: ParsedSource, root: TSESTree.Node): string[] {
  const words: string[] = [];
  visit(root, source.visitorKeys, (node) => {
    if (node.type === 'Identifier') words.push(node.name);
    if (node.type === 'Literal' && typeof node.value === 'string') words.push(node.value);
  });
  return words;
}

/**
 * Some SDKs' loops end without an error when their signal is aborted; the helper's never does. Null where that makes no
 * difference: the error is caught, the program throws by itself, nothing follows, or the signal is but a limit, at
 * which a cut answer passed for a whole one.
 */
export function findAbortObstacle(
  { node, coverage, escapes, abortChecks, limits }: StreamLoop,
  { onAbort }: StreamApi,
  moved: readonly HelperOption[],
): string | null {
  if (onAbort !== 'silent' || !moved.some(({ name }) => name === 'signal')) return null;
  if (coverage.iterating !== null || abortChecks.some(throws)) return null;
  if (limits.signal?.bounds === 'total' && limits.signal.node.type !== 'ArrayExpression' && !isAny(limits.signal.node))
    return null;
  const crashes = escapes === 'to-nobody' && findFunction(node) !== null;
  return crashes || isFollowed(node) ? quietEnd : null;
}

/** `AbortSignal.any([own, AbortSignal.timeout(ms)])`: somebody else's signal is in it. */
const isAny = (value: TSESTree.Node): boolean =>
  value.type === 'CallExpression' &&
  value.callee.type === 'MemberExpression' &&
  value.callee.property.type === 'Identifier' &&
  value.callee.property.name === 'any';

/** `signal.throwIfAborted()`, `if (signal.aborted) throw …`. */
function throws(check: TSESTree.Node): boolean {
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

/** Something runs behind the loop in its function, but for a `finally`, which runs after an error too. */
function isFollowed(loop: TSESTree.Node): boolean {
  let child = loop;
  for (const outer of ancestorsOf(loop)) {
    if (isFunction(outer)) return false;
    if (/^(For|While|DoWhile)/.test(outer.type)) return true;
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

/** Not a declaration of functions and types, nor leaving with nothing. */
const runs = (statement: TSESTree.Node): boolean =>
  !/^(FunctionDeclaration|TS\w+Declaration|Export\w+|EmptyStatement|BreakStatement)$/.test(statement.type) &&
  !(statement.type === 'ReturnStatement' && statement.argument === null);
