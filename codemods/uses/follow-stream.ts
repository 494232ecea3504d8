import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import { findFunction, findPropertyName, findUser, type FunctionNode } from '../../src/analysis/source/tree.ts';
import { findParameterOf } from '../../src/analysis/values/passed-arguments.ts';
import { printShort } from '../text/short.ts';
import { findWidening } from '../types/widen-types.ts';
import { followMember, followPattern } from './follow-members.ts';
import { isExported, isOpenCast, isTest } from './harmless-uses.ts';
import {
  follow,
  type FollowedRequest,
  isStream,
  open,
  type Reach,
  type Step,
  stop,
  type StreamEvent,
  type Use,
  type Walk,
} from './stream-events.ts';
import { describeCallback, describePassing, obstacles } from './use-obstacles.ts';

/**
 * Follows the result of a request through variables, branches and functions of this file, up to the first use that the
 * helper's stream does not support.
 */
export function followStream(request: FollowedRequest): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const walk: Walk = { ...request, events, seen: new Set() };
  const run = (steps: readonly Step[]): void => {
    for (const step of steps) {
      if (events.at(-1)?.kind === 'stopped') return;
      if (step.kind === 'value') run(followValue(walk, step.value, step.reach));
      else if (step.kind === 'variable') run(followVariable(walk, step.name, step.reach));
      else events.push(step);
    }
  };
  const { call, api } = request;
  run([follow(call, { isOpened: !api.awaited, made: call, pick: null, response: null })]);
  return events;
}

type Handler<User extends TSESTree.Node> = (use: Use<User>) => readonly Step[];
type Handlers = {
  readonly [Type in TSESTree.Node['type']]?: Handler<Extract<TSESTree.Node, { readonly type: Type }>>;
};

/** The value of the user is the stream too. */
const passOn: Handler<TSESTree.Node> = ({ user, reach }) => [follow(user, reach)];

/** What each user of the value does with the stream; a user that is not listed may only test the value. */
const handlers: Handlers = {
  TSNonNullExpression: passOn,
  ChainExpression: passOn,
  LogicalExpression: passOn,
  TSAsExpression: followCast,
  TSSatisfiesExpression: followCast,
  TSTypeAssertion: followCast,
  AwaitExpression: ({ user, reach }) => [open(reach, user), follow(user, { ...reach, isOpened: true })],
  VariableDeclarator: followDeclarator,
  AssignmentExpression: followAssignment,
  ConditionalExpression: ({ user, value, reach }) => (user.test === value ? [] : [follow(user, reach)]),
  SequenceExpression: ({ user, value, reach }) => (user.expressions.at(-1) === value ? [follow(user, reach)] : []),
  ForOfStatement: followLoop,
  MemberExpression: followMember,
  CallExpression: followArgument,
  NewExpression: ({ walk, user }) => stop(describePassing(printShort(walk.source, user.callee))),
  ReturnStatement: ({ walk, user, reach }) => leaveFunction(walk, findFunction(user), reach),
  ArrowFunctionExpression: ({ walk, user, reach }) => leaveFunction(walk, user, reach),
  YieldExpression: followYield,
  ExportSpecifier: () => stop(obstacles.exported),
  ExportDefaultDeclaration: () => stop(obstacles.exported),
};

function followValue(walk: Walk, value: TSESTree.Node, reach: Reach): readonly Step[] {
  const user = value.parent;
  const handle = user && (handlers[user.type] as Handler<TSESTree.Node> | undefined);
  if (handle) return handle({ walk, user, value, reach });
  if (!user || !isTest(user, value)) return stop(obstacles.usedOtherwise);
  return reach.pick ? [{ kind: 'tested' }] : [];
}

// ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function followCast({
  walk,
  user,
  value,
  reach,
}: Use<TSESTree.TSAsExpression | TSESTree.TSSatisfiesExpression | TSESTree.TSTypeAssertion>): Step[] {
  return [...(isOpenCast(value) ? [] : fitType(walk, user.typeAnnotation)), follow(user, reach)];
}

/** Nothing where the helper's stream fits the type; the names to widen where it fits then. */
function fitType({ source, modules, widens }: FollowedRequest, type: TSESTree.TypeNode | undefined): Step[] {
  const names = type ? findWidening(source, type, modules) : [];
  if (names === null) return stop(obstacles.typed);
  if (names.length > 0 && !widens) return stop(obstacles.typedBySdk);
  return names.map((name) => ({ kind: 'widened', name }));
}

/** A loop reads the stream itself; behind an outer call the value may still be a promise of it. */
function followLoop({ walk, user, value, reach }: Use<TSESTree.ForOfStatement>): Step[] {
  const isPromise = !reach.isOpened && walk.events.some(({ kind }) => kind === 'outer-call');
  if (user.right !== value || !user.await || !isStream(walk, reach) || isPromise) return stop(obstacles.usedOtherwise);
  return [open(reach, user), { kind: 'read', loop: user, made: reach.made, pick: reach.pick }];
}

function followYield({ walk, user, reach }: Use<TSESTree.YieldExpression>): Step[] {
  if (!user.delegate || !isStream(walk, reach)) return stop(obstacles.returned);
  return [{ kind: 'delegated' }, open(reach, user)];
}

/** `consume(stream)`: what a function of this file does with its parameter is done to the stream. */
function followArgument({ walk, user: call, value, reach }: Use<TSESTree.CallExpression>): Step[] {
  const parameter = findParameterOf(walk.source, call, value);
  // The SDK starts a stream that is not awaited at the call; the helper would start it at the function's loop.
  const isAwaited =
    reach.isOpened &&
    walk.events.some(
      (event) => event.kind === 'opened' && event.made === reach.made && event.at.type === 'AwaitExpression',
    );
  const variable = parameter && isAwaited ? findVariable(walk.source, parameter) : null;
  if (!parameter || !variable) return stop(describePassing(printShort(walk.source, call.callee)));
  return walk.seen.has(variable) ? stop(obstacles.usedOtherwise) : [{ kind: 'variable', name: parameter, reach }];
}

// ── Variables ───────────────────────────────────────────────────────────────────────────────────────────────────────

function followDeclarator({ walk, user, reach }: Use<TSESTree.VariableDeclarator>): Step[] {
  // `using` disposes of the stream.
  if (/using/.test(user.parent.kind)) return stop(obstacles.usedOtherwise);
  return user.id.type === 'Identifier'
    ? [{ kind: 'variable', name: user.id, reach }]
    : followPattern(walk, user.id, reach);
}

function followAssignment({ user, value, reach }: Use<TSESTree.AssignmentExpression>): Step[] {
  if (user.right !== value) return [];
  if (user.left.type !== 'Identifier') return stop(obstacles.stored);
  return [{ kind: 'variable', name: user.left, reach }, follow(user, reach)];
}

function followVariable(walk: Walk, name: TSESTree.Identifier, reach: Reach): Step[] {
  const variable = findVariable(walk.source, name);
  if (!variable) return stop(obstacles.stored);
  if (walk.seen.has(variable)) return [];
  walk.seen.add(variable);
  const types = variable.defs.flatMap((def) =>
    def.name.type === 'Identifier' ? fitType(walk, def.name.typeAnnotation?.typeAnnotation) : [],
  );
  if (variable.defs.some(isExported)) return [...types, ...stop(obstacles.exported)];
  const reads = variable.references.filter((reference) => reference.isRead() || !reference.isWrite());
  return [...types, ...reads.map(({ identifier }) => follow(identifier, reach))];
}

// ── Functions ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** The function returns the stream: its callers are followed where all of them are calls in this file. */
function leaveFunction(walk: Walk, fn: FunctionNode | null, reach: Reach): Step[] {
  if (!fn || fn.generator) return stop(obstacles.returned);
  return [...fitType(walk, fn.returnType?.typeAnnotation), ...followResult(walk, fn, reach)];
}

function followResult(walk: Walk, fn: FunctionNode, reach: Reach): Step[] {
  const user = fn.parent;
  if (user.type !== 'CallExpression') return followCallers(walk, fn, reach);
  if (user.callee === fn) return [follow(user, { ...reach, made: user })];
  const isThen = user.callee.type === 'MemberExpression' && findPropertyName(user.callee) === 'then';
  return isThen ? [follow(user, { ...reach, isOpened: false })] : followCallback(walk, user, fn, reach);
}

/**
 * `await limit(() => request)`. A callback that has parameters may run once for each item of a list, and a result that
 * is not awaited may be a list.
 */
function followCallback(walk: Walk, call: TSESTree.CallExpression, callback: FunctionNode, reach: Reach): Step[] {
  if (callback.params.length > 0 || call.optional || findUser(call)?.type !== 'AwaitExpression')
    return stop(describeCallback(walk.source, call));
  return [{ kind: 'outer-call', call }, follow(call, { ...reach, isOpened: false, made: call })];
}

function followCallers(walk: Walk, fn: FunctionNode, reach: Reach): Step[] {
  const owner = fn.parent;
  const name = fn.type === 'FunctionDeclaration' ? fn.id : owner.type === 'VariableDeclarator' ? owner.id : null;
  const variable = name ? findVariable(walk.source, name) : null;
  if (!variable || walk.seen.has(fn) || variable.defs.some(isExported)) return stop(obstacles.returned);
  walk.seen.add(fn);
  return variable.references
    .filter(({ init }) => !init)
    .flatMap(({ identifier }): Step[] => {
      const call = identifier.parent;
      return call?.type === 'CallExpression' && call.callee === identifier
        ? [follow(call, { ...reach, isOpened: reach.isOpened && !fn.async, made: call })]
        : stop(obstacles.returned);
    });
}
