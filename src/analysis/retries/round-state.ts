import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findVariable } from '../source/bindings.ts';
import type { RoundStatement } from '../source/jumps.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findUser, type FunctionNode, isFunction, isInside, unwrap, visit } from '../source/tree.ts';

/** A loop, or a function that calls itself. */
export interface Round {
  readonly source: ParsedSource;
  readonly node: RoundStatement | FunctionNode;
  /** The function's call of itself, or what leads to the loop's next round. */
  readonly next: TSESTree.Node;
}

/** Built-in names, whose value is the same in each round. */
const CONSTANT = /^(?:(?!Date$)[A-Z]\w*|undefined|console|globalThis)$/;
/** Longer chains of variables are not followed. */
const MAX_HOPS = 4;

/**
 * Whether an expression may change its value in a later round for another reason than the error: a count, a clock, a
 * member that other code may write, a function out of sight. `isRetryable(error)` depends on the error alone.
 */
export function mayChange(round: Round, expression: TSESTree.Node, hops = MAX_HOPS): boolean {
  let changes = false;
  visit(expression, round.source.visitorKeys, (node) => {
    if (changes || isFunction(node)) return false;
    if (node.type === 'UpdateExpression' || node.type === 'AwaitExpression') changes = !isOfError(round, node);
    if (node.type === 'ThisExpression') changes = !isCalledWithError(round, node);
    if (node.type === 'Identifier' && !isLabelling(node)) changes = mayNameChange(round, node, hops);
    return;
  });
  return changes;
}

/** The identifier is a property's name or a key, and no variable. */
function isLabelling(node: TSESTree.Identifier): boolean {
  const { parent } = node;
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed;
  return parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand;
}

function mayNameChange(round: Round, node: TSESTree.Identifier, hops: number): boolean {
  const variable = findVariable(round.source, node);
  if (!variable) return !CONSTANT.test(node.name) && !isCalledWithError(round, node);
  const [def] = variable.defs;
  switch (def?.type) {
    case 'CatchClause':
      return false;
    case 'ImportBinding':
    case 'ClassName':
    case 'FunctionName':
      return isCalled(node) && !isCalledWithError(round, node);
    case 'Parameter':
      if (def.node === round.node && !isPassedOn(round, variable)) return true;
      break;
    default:
  }
  if (isVariableOfError(round, variable)) return false;
  // `options.retries`, `state.count`
  if (node.parent.type === 'MemberExpression' && node.parent.object === node) return !isCalledWithError(round, node);
  const writes = writesOf(variable);
  if (def?.type !== 'Variable' || !isInside(def.name, round.node)) return writes.length > 0;
  return hops === 0 || writes.length > 0 || bindingsOf(variable).some(({ value }) => mayChange(round, value, hops - 1));
}

const writesOf = (variable: Variable): TSESTree.Node[] =>
  variable.references
    .filter((reference) => reference.isWrite() && !reference.init)
    .map(({ identifier }) => identifier as TSESTree.Node);

/** The function's call of itself passes the parameter on. */
function isPassedOn({ source, next }: Round, variable: Variable): boolean {
  if (next.type !== 'CallExpression' || writesOf(variable).length > 0) return false;
  return next.arguments.some((argument) => {
    const value = unwrap(argument);
    return value.type === 'Identifier' && findVariable(source, value) === variable;
  });
}

/** The identifier is the root of a callee: `isRetryable(…)`, `errors.isRetryable(…)`. */
function isCalled(node: TSESTree.Node): boolean {
  return findCallOf(node) !== null;
}

function findCallOf(node: TSESTree.Node): TSESTree.CallExpression | null {
  let callee = node;
  for (let user = findUser(callee); user; user = findUser(callee)) {
    if (user.type === 'CallExpression') return unwrap(user.callee) === unwrap(callee) ? user : null;
    if (user.type !== 'MemberExpression' || unwrap(user.object) !== unwrap(callee)) return null;
    callee = user;
  }
  return null;
}

/** It is called with the error, and its other arguments do not change. */
function isCalledWithError(round: Round, node: TSESTree.Node): boolean {
  const call = findCallOf(node);
  return (
    call !== null &&
    call.arguments.some((argument) => isOfError(round, argument)) &&
    call.arguments.every((argument) => isOfError(round, argument) || !mayChange(round, argument))
  );
}

/** The expression contains the error, or a value made of it. */
function isOfError(round: Round, expression: TSESTree.Node, hops = MAX_HOPS): boolean {
  let found = false;
  visit(expression, round.source.visitorKeys, (node) => {
    const variable = node.type === 'Identifier' && !isLabelling(node) ? findVariable(round.source, node) : null;
    if (variable && isVariableOfError(round, variable, hops)) found = true;
    return !found && !isFunction(node);
  });
  return found;
}

/**
 * `error`, `const status = error.status`, `lastError = error`. A literal that the variable had before, as in `let
 * status = 0`, does not count.
 */
function isVariableOfError(round: Round, variable: Variable, hops = MAX_HOPS): boolean {
  if (variable.defs.some(({ type }) => type === 'CatchClause')) return true;
  const values = bindingsOf(variable)
    .map(({ value }) => value)
    .filter(
      (value) => unwrap(value).type !== 'Literal' && !(value.type === 'Identifier' && value.name === 'undefined'),
    );
  const counted = writesOf(variable).some(
    (write) => write.parent?.type !== 'AssignmentExpression' || write.parent.operator !== '=',
  );
  return !counted && hops > 0 && values.length > 0 && values.every((value) => isOfError(round, value, hops - 1));
}
