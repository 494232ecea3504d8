import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findVariable } from '../source/bindings.ts';
import { findCalledFunction, findCallsOf, isPrivate } from '../source/calls-of-function.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, type FunctionNode, isFunction, unwrap, visit } from '../source/tree.ts';

/** An argument that a caller passes for a parameter. */
export interface PassedArgument {
  readonly call: TSESTree.CallExpression;
  readonly argument: TSESTree.Expression;
  /** The function that has the parameter. */
  readonly reader: FunctionNode;
}

/**
 * The arguments that the callers of a function pass for one of its parameters. Null where callers out of sight may pass
 * others.
 */
export function findPassedArguments(source: ParsedSource, value: TSESTree.Node): readonly PassedArgument[] | null {
  const variable = findVariable(source, unwrap(value));
  const [def, ...others] = variable?.defs ?? [];
  if (def?.type !== 'Parameter' || others.length > 0 || !isFunction(def.node) || bindingsOf(variable!).length > 0)
    return null;
  const reader = def.node;
  const index = reader.params.indexOf(def.name);
  if (index === -1 || !isCalledOnlyHere(source, reader)) return null;
  const handings = findCallsOf(source, reader).map((call) => ({ call, argument: findArgument(call, index), reader }));
  return handings.length > 0 && handings.every((handing): handing is PassedArgument => handing.argument !== null)
    ? handings
    : null;
}

/** The argument at an index. Null where the call passes none, or where a spread hides it. */
function findArgument({ arguments: given }: TSESTree.CallExpression, index: number): TSESTree.Expression | null {
  const argument = given.slice(0, index + 1).some(({ type }) => type === 'SpreadElement') ? undefined : given[index];
  return argument && argument.type !== 'SpreadElement' ? argument : null;
}

/**
 * The parameter that gets an argument of a call. Null where the function is out of sight, or the parameter is a
 * pattern.
 */
export function findParameterOf(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  argument: TSESTree.Node,
): TSESTree.Identifier | null {
  const index = call.arguments.indexOf(argument as TSESTree.Expression);
  const called = findCalledFunction(source, call);
  const parameter = called?.isSure && index !== -1 && findArgument(call, index) ? called.fn.params[index] : undefined;
  return parameter?.type === 'Identifier' ? parameter : null;
}

/** Only calls in this file can reach the function. */
function isCalledOnlyHere(source: ParsedSource, fn: FunctionNode): boolean {
  const owner = fn.parent;
  if (owner.type === 'MethodDefinition') return isPrivate(owner) && isOnlyCalled(source, owner);
  const declaration =
    fn.type === 'FunctionDeclaration'
      ? fn
      : owner.type === 'VariableDeclarator' && owner.parent.kind === 'const'
        ? owner.parent
        : null;
  const name = fn.type === 'FunctionDeclaration' ? fn.id : owner.type === 'VariableDeclarator' ? owner.id : null;
  const variable = name && findVariable(source, name);
  if (!variable || !declaration || variable.defs.length > 1 || /^Export/.test(declaration.parent.type)) return false;
  return variable.references.every(
    ({ identifier, init }) =>
      init === true || (identifier.parent.type === 'CallExpression' && identifier.parent.callee === identifier),
  );
}

/** Every use of the method is a call, `this.read(stream)`; none is like `this.read.bind(this)`. */
function isOnlyCalled(source: ParsedSource, method: TSESTree.MethodDefinition): boolean {
  const name = findPropertyName(method);
  let isCalled = name !== null;
  visit(method.parent, source.visitorKeys, (node) => {
    if (node.type !== 'MemberExpression' || findPropertyName(node) !== name) return true;
    isCalled &&=
      node.object.type === 'ThisExpression' && node.parent.type === 'CallExpression' && node.parent.callee === node;
    return true;
  });
  return isCalled;
}
