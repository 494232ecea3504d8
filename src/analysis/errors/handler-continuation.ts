import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable, variablesIn } from '../source/bindings.ts';
import { isLogCall } from '../source/words.ts';
import { followersOf } from '../source/jumps.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { StreamLoop } from '../facts/stream-loop.ts';
import {
  ancestorsOf,
  findFunction,
  findUser,
  type FunctionNode,
  hasNode,
  isFunction,
  isInside,
  unwrap,
  visit,
} from '../source/tree.ts';

/**
 * What runs after a handler as if the answer were complete: a statement, or the function, whose callers take its return
 * for a success. Null where nothing runs after it, as at the end of a program, or where a later statement tests a
 * variable that only the successful path sets.
 */
export function findContinuation(
  source: ParsedSource,
  { outputs }: StreamLoop,
  handler: TSESTree.Node,
): TSESTree.Node | null {
  const written = new Set(outputs.flatMap(({ variable }) => variable ?? []));
  const fn = findFunction(handler);
  const tries = handler.type === 'CatchClause' ? handler.parent : null;
  const after = tries ? statementsAfter(source, tries, fn) : [];
  if (tries && checksOutcome(source, [...after, ...(tries.finalizer ? [tries.finalizer] : [])], tries, written))
    return null;
  // A person sees what the end of a program logs.
  if (!fn || isProgram(source, fn)) return findFirstUse(after, written);
  return after[0] ?? fn;
}

const statementsAfter = (
  source: ParsedSource,
  tries: TSESTree.TryStatement,
  fn: FunctionNode | null,
): TSESTree.Statement[] => {
  const index = fn ? -1 : source.ast.body.findIndex((statement) => isInside(tries, statement));
  return [
    ...followersOf(tries, fn ?? source.ast),
    ...(index === -1 ? [] : (source.ast.body.slice(index + 1) as TSESTree.Statement[])),
  ];
};

/**
 * The first statement that uses one of the variables. Starts from the variables, because a function may have as many
 * statements as loops.
 */
function findFirstUse(statements: readonly TSESTree.Node[], variables: ReadonlySet<Variable>): TSESTree.Node | null {
  const [from, to] = [statements[0]?.range[0] ?? Infinity, statements.at(-1)?.range[1] ?? -1];
  const uses = [...variables].flatMap(({ references }) =>
    references.flatMap(({ identifier }) =>
      identifier.range[0] >= from && identifier.range[1] <= to ? [identifier.range[0]] : [],
    ),
  );
  for (const use of uses.sort((a, b) => a - b)) {
    const statement = statements.find(({ range }) => range[0] <= use && use < range[1]);
    if (statement) return statement;
  }
  return null;
}

/** A later statement tests a variable that the `try` writes and that is no part of the answer: `ok`, `finishReason`. */
function checksOutcome(
  source: ParsedSource,
  statements: readonly TSESTree.Node[],
  { block }: TSESTree.TryStatement,
  written: ReadonlySet<Variable>,
): boolean {
  const set = listWrittenVariables(source, block).filter((variable) => !written.has(variable));
  const isLook = (node: TSESTree.Node): boolean =>
    statements.some((statement) => isInside(node, statement)) && !isLogged(node, block);
  return set.some(({ references }) => references.some(({ identifier }) => isLook(identifier)));
}

function listWrittenVariables(source: ParsedSource, block: TSESTree.Node): Variable[] {
  const variables = new Set<Variable>();
  visit(block, source.visitorKeys, (node) => {
    const target =
      node.type === 'AssignmentExpression' || node.type === 'ForOfStatement' || node.type === 'ForInStatement'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : node.type === 'VariableDeclarator'
            ? node.id
            : null;
    if (target && target.type !== 'MemberExpression')
      for (const variable of variablesIn(source, target)) variables.add(variable);
  });
  return [...variables];
}

/** The node is part of a log line. */
function isLogged(node: TSESTree.Node, block: TSESTree.Node): boolean {
  for (const outer of ancestorsOf(node)) {
    if (isLogCall(outer)) return true;
    if (isFunction(outer) || isInside(block, outer)) return false;
  }
  return false;
}

/** `main()`: it is called only at the top of the module, and its result is not used. */
function isProgram(source: ParsedSource, fn: FunctionNode): boolean {
  const name = fn.id ?? (fn.parent.type === 'VariableDeclarator' ? fn.parent.id : null);
  const variable = name && findVariable(source, name);
  const owner =
    fn.type === 'FunctionDeclaration'
      ? fn.parent
      : fn.parent.type === 'VariableDeclarator'
        ? fn.parent.parent.parent
        : null;
  if (!variable) return isDropped(fn);
  const uses = variable.references
    .filter((reference) => reference.isRead())
    .map(({ identifier }) => identifier as TSESTree.Node);
  return owner?.type === 'Program' && uses.length > 0 && uses.every(isDropped);
}

/** `main();`, `await main();`, `main().catch(report).finally(close);` at the top of the module. */
function isDropped(callee: TSESTree.Node): boolean {
  if (findFunction(callee)) return false;
  let node = findUser(callee);
  if (node?.type !== 'CallExpression' || unwrap(node.callee) !== unwrap(callee)) return false;
  for (let user = findUser(node); user; user = findUser(node)) {
    if (user.type === 'ExpressionStatement') return true;
    if (!/^(?:Member|Call|Await|Unary)Expression$/.test(user.type)) return false;
    node = user;
  }
  return false;
}

/** The loggers that the handler calls, as written: `logger.error`. */
export function listLoggers(source: ParsedSource, handler: TSESTree.Node): string[] {
  const loggers: string[] = [];
  visit(handler, source.visitorKeys, (node) => {
    if (node.type === 'CallExpression' && isLogCall(node)) loggers.push(source.text.slice(...node.callee.range));
  });
  return !isFunction(handler) &&
    handler.type !== 'CatchClause' &&
    !hasNode(handler, source.visitorKeys, ({ type }) => type === 'CallExpression')
    ? [source.text.slice(...handler.range)]
    : loggers;
}
