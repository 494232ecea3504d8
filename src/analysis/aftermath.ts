import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable, variablesIn } from './bindings.ts';
import { isLogger } from './conduct.ts';
import { followersOf } from './jumps.ts';
import type { ParsedSource } from './parsed-source.ts';
import type { StreamLoop } from './stream-loop.ts';
import { findFunction, findUser, type FunctionNode, hasNode, isFunction, isInside, unwrap, visit } from './tree.ts';

/**
 * What goes on behind a handler as though the answer were whole: a statement, or the function, whose callers take it for a success. null:
 * nothing does, as at the end of a program; or something looks at what only the way without an error has set.
 */
export function findAftermath(source: ParsedSource, { outputs }: StreamLoop, handler: TSESTree.Node): TSESTree.Node | null {
  const written = new Set(outputs.flatMap(({ variable }) => variable ?? []));
  const usesText = (statement: TSESTree.Node): boolean => variablesIn(source, statement).some((variable) => written.has(variable));
  const fn = findFunction(handler);
  const tries = handler.type === 'CatchClause' ? handler.parent : null;
  const after = tries ? statementsAfter(source, tries, fn) : [];
  if (tries && [...after, ...(tries.finalizer ? [tries.finalizer] : [])].some((statement) => looksAtOutcome(source, statement, tries, written))) return null;
  // A person sees what the end of a program logs.
  if (!fn || isProgram(source, fn)) return after.find(usesText) ?? null;
  return after[0] ?? fn;
}

const statementsAfter = (source: ParsedSource, tries: TSESTree.TryStatement, fn: FunctionNode | null): TSESTree.Statement[] => {
  const index = fn ? -1 : source.ast.body.findIndex((statement) => isInside(tries, statement));
  return [...followersOf(tries, fn ?? source.ast), ...(index === -1 ? [] : (source.ast.body.slice(index + 1) as TSESTree.Statement[]))];
};

/** A variable that the `try` writes, and that is no part of the answer: `ok`, `finishReason`. */
function looksAtOutcome(source: ParsedSource, statement: TSESTree.Node, { block }: TSESTree.TryStatement, written: ReadonlySet<Variable>): boolean {
  let found = false;
  visit(statement, source.visitorKeys, (node) => {
    if (node.type === 'CallExpression' && isLogger(unwrap(node.callee))) return false;
    const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
    if (variable && !written.has(variable) && variable.references.some((reference) => reference.isWrite() && isInside(reference.identifier, block))) found = true;
    return !found;
  });
  return found;
}

/** `main()`: it is called at the top of the module alone, and nobody takes what it gives. */
function isProgram(source: ParsedSource, fn: FunctionNode): boolean {
  const name = fn.id ?? (fn.parent.type === 'VariableDeclarator' ? fn.parent.id : null);
  const variable = name && findVariable(source, name);
  const owner = fn.type === 'FunctionDeclaration' ? fn.parent : fn.parent.type === 'VariableDeclarator' ? fn.parent.parent.parent : null;
  if (!variable) return isDropped(fn);
  const uses = variable.references.filter((reference) => reference.isRead()).map(({ identifier }) => identifier as TSESTree.Node);
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

/** What the handler logs with, as it is written: `logger.error`. */
export function findLoggers(source: ParsedSource, handler: TSESTree.Node): string[] {
  const loggers: string[] = [];
  visit(handler, source.visitorKeys, (node) => {
    if (node.type === 'CallExpression' && isLogger(unwrap(node.callee))) loggers.push(source.text.slice(...node.callee.range));
  });
  return !isFunction(handler) && handler.type !== 'CatchClause' && !hasNode(handler, source.visitorKeys, ({ type }) => type === 'CallExpression') ? [source.text.slice(...handler.range)] : loggers;
}
