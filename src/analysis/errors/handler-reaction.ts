import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from '../values/access-path.ts';
import { findVariable } from '../source/bindings.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { Reaction } from '../facts/stream-loop.ts';
import { findPropertyName, findUser, isFunction, isInside, isNothing, unwrap, visit } from '../source/tree.ts';
import { isLogCall, isLogger, isTidyingUp, nameOf } from '../source/words.ts';

/**
 * From the best to the worst. A handler that throws in one branch and logs in another distinguishes the two on purpose.
 */
const RANKS: readonly Reaction[] = [
  'rethrows',
  'reports',
  'requests-again',
  'unknown',
  'returns-answer',
  'logs',
  'ignores',
];

/** `isAbortError(e)`, `e.message.includes('…')`: the error is tested, not reported. */
const TEST_FUNCTION = /^(?:is|has|should|can|includes|startsWith|endsWith|test|match)(?:[A-Z]\w*)?$/;
const TEXT_FUNCTION = /^(?:String|stringify|toString)$/;
/** Members of a result that report whether the request succeeded. */
const OUTCOME_MEMBER = /^(?:err(?:or)?s?|ok|success|failed|status(?:Code)?|message|reason|isError)$/;

/** A handler's reaction to the error. `filled`: the variables that the loop writes the answer to. */
export function describeReaction(
  source: ParsedSource,
  handler: TSESTree.Node,
  filled: ReadonlySet<Variable>,
): Reaction {
  const values = handler.type === 'CatchClause' ? [handler] : findValues(source, handler);
  const reactions = values.map((value): Reaction => {
    if (value.type === 'CatchClause') return describeReactionOfBody({ source, filled }, value.param, value.body);
    if (isFunction(value)) return describeReactionOfBody({ source, filled }, value.params[0] ?? null, value.body);
    // `.catch(reject)`, `.catch(console.error)`
    return isLogger(unwrap(handler)) ? 'logs' : isNothing(value) ? 'ignores' : 'reports';
  });
  return bestReaction(reactions.length > 0 ? reactions : [isLogger(unwrap(handler)) ? 'logs' : 'reports']);
}

export const bestReaction = (reactions: readonly Reaction[]): Reaction =>
  RANKS.find((reaction) => reactions.includes(reaction)) ?? 'ignores';

interface Frame {
  readonly source: ParsedSource;
  readonly filled: ReadonlySet<Variable>;
}

function describeReactionOfBody(frame: Frame, parameter: TSESTree.Node | null, body: TSESTree.Node): Reaction {
  const { source } = frame;
  const mentionsError = createMentionTest(source, parameter, body);
  if (body.type !== 'BlockStatement')
    return bestReaction([...reactionsOfCall(frame, body, mentionsError), reactionOfAnswer(frame, body, mentionsError)]);
  const reactions: Reaction[] = [];
  visit(body, source.visitorKeys, (node) => {
    switch (node.type) {
      case 'ThrowStatement':
        reactions.push('rethrows');
        return false;
      case 'YieldExpression':
        reactions.push(node.argument && mentionsError(node.argument) ? 'reports' : 'unknown');
        return;
      case 'ReturnStatement':
        if (node.argument) reactions.push(reactionOfAnswer(frame, node.argument, mentionsError));
        return;
      case 'AssignmentExpression':
        if (isDeclaredOutside(source, node.left, body))
          reactions.push(mentionsError(node.right) ? 'reports' : 'unknown');
        return;
      case 'CallExpression':
        reactions.push(...reactionsOfCall(frame, node, mentionsError));
        return;
      default:
        return isFunction(node) ? false : undefined;
    }
  });
  return bestReaction(reactions);
}

/** A test whether an expression contains the error, or a value made of it: `e.message`, `const text = explain(e)`. */
function createMentionTest(
  source: ParsedSource,
  parameter: TSESTree.Node | null,
  body: TSESTree.Node,
): (node: TSESTree.Node) => boolean {
  const variables = new Set<Variable>();
  const add = (pattern: TSESTree.Node): void =>
    visit(pattern, source.visitorKeys, (node) => {
      const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
      if (variable) variables.add(variable);
    });
  const mentions = (node: TSESTree.Node): boolean => {
    let found = false;
    visit(node, source.visitorKeys, (inner) => {
      if (inner.type === 'Identifier' && variables.size > 0 && variables.has(findVariable(source, inner)!))
        found = true;
      return !found;
    });
    return found;
  };
  if (parameter) add(parameter);
  visit(body, source.visitorKeys, (node) => {
    if (node.type === 'VariableDeclarator' && node.init && mentions(node.init)) add(node.id);
    if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && mentions(node.right)) add(node.left);
    if (node.type === 'ForOfStatement' && mentions(node.right)) add(node.left);
  });
  return mentions;
}

function isDeclaredOutside(source: ParsedSource, target: TSESTree.Node, body: TSESTree.Node): boolean {
  if (target.type !== 'Identifier') return true;
  const variable = findVariable(source, target);
  return !variable || !variable.defs.every(({ name }) => isInside(name as TSESTree.Node, body));
}

function reactionsOfCall(
  frame: Frame,
  node: TSESTree.Node,
  mentionsError: (node: TSESTree.Node) => boolean,
): Reaction[] {
  const call = unwrap(node.type === 'AwaitExpression' ? node.argument : node);
  if (call.type !== 'CallExpression') return [];
  const callee = unwrap(call.callee);
  const name = nameOf(callee) ?? '';
  if (isLogger(callee)) return ['logs'];
  if (TEST_FUNCTION.test(name) || TEXT_FUNCTION.test(name) || !isCalledForEffect(call)) return [];
  if ([call.callee, ...call.arguments].some(mentionsError)) return ['reports'];
  if (name === 'exit' || name === 'kill') return ['reports'];
  if (name === 'resolve') return call.arguments[0] ? [reactionOfAnswer(frame, call.arguments[0], mentionsError)] : [];
  return isTidyingUp(call) ? [] : ['unknown'];
}

/** The result of the call is not used. */
function isCalledForEffect(call: TSESTree.Node): boolean {
  const user = findUser(call);
  if (user?.type === 'AwaitExpression' || user?.type === 'UnaryExpression' || user?.type === 'LogicalExpression')
    return isCalledForEffect(user);
  return user?.type === 'ExpressionStatement' || user?.type === 'ArrowFunctionExpression';
}

/** The reaction of a handler that returns or resolves with a value in place of the answer. */
function reactionOfAnswer(
  { source, filled }: Frame,
  given: TSESTree.Node,
  mentionsError: (node: TSESTree.Node) => boolean,
): Reaction {
  const value = unwrap(given.type === 'AwaitExpression' ? given.argument : given);
  if (value.type === 'Identifier' && value.name === 'undefined') return 'ignores';
  if (mentionsError(value)) return isLogCall(value) ? 'logs' : 'reports';
  switch (value.type) {
    case 'Literal':
      // No caller takes `null` or `false` for an answer.
      return value.value === ''
        ? 'returns-answer'
        : value.value === null || value.value === false
          ? 'reports'
          : 'unknown';
    case 'TemplateLiteral':
      return value.quasis.every(({ value: { raw } }) => raw === '') &&
        value.expressions.every((part) => isPartialAnswer(source, part, filled))
        ? 'returns-answer'
        : 'unknown';
    case 'ArrayExpression':
      return value.elements.length === 0 ? 'returns-answer' : 'unknown';
    case 'ObjectExpression':
      return reactionOfObject(source, value, filled);
    default:
      return isLogCall(value) ? 'logs' : isPartialAnswer(source, value, filled) ? 'returns-answer' : 'unknown';
  }
}

/** `{ text }` looks like an answer; `{ text, error: true }` reports the error. */
function reactionOfObject(
  source: ParsedSource,
  { properties }: TSESTree.ObjectExpression,
  filled: ReadonlySet<Variable>,
): Reaction {
  if (properties.length === 0) return 'returns-answer';
  if (
    properties.some((property) => property.type !== 'Property' || OUTCOME_MEMBER.test(findPropertyName(property) ?? ''))
  )
    return 'reports';
  return properties.some((property) => property.type === 'Property' && isPartialAnswer(source, property.value, filled))
    ? 'returns-answer'
    : 'unknown';
}

/** The text so far: `text`, `parts.join('')`, `text.trim()`. */
function isPartialAnswer(source: ParsedSource, given: TSESTree.Node, filled: ReadonlySet<Variable>): boolean {
  const value = unwrap(given);
  if (value.type === 'CallExpression') return isPartialAnswer(source, value.callee, filled);
  if (value.type === 'MemberExpression') return isPartialAnswer(source, value.object, filled);
  if (value.type === 'LogicalExpression') return isPartialAnswer(source, value.left, filled);
  const variable = value.type === 'Identifier' ? findVariable(source, value) : null;
  return variable !== null && filled.has(variable);
}
