import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import {
  ancestorsOf,
  findFunction,
  findPropertyName,
  findUser,
  type FunctionNode,
  isAsyncIterator,
  isFunction,
  isInside,
} from '../../src/analysis/source/tree.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import { findFilled } from '../../src/analysis/values/handed-arguments.ts';
import { findWidening } from '../types/widen-types.ts';
import type { TextEdit } from '../contract/edits.ts';
import { skipBlanks } from '../text/style.ts';
import { findIdEdit, findResponsePattern } from './with-response.ts';
import {
  withResponse,
  responseUsed,
  responseNotInPattern,
  stored,
  returned,
  exported,
  destructured,
  typed,
  typedBySdk,
  usedOtherwise,
  manyStreams,
  abortedQuietly,
  listened,
  passedOn,
  inCallback,
  memberUsed,
  resultUsed,
} from './use-obstacles.ts';
import { areAlternatives, isExported, isSafeAbort, isTest } from './harmless-uses.ts';
import { isOpenCast } from '../open-types.ts';

/**
 * What becomes of the stream that a request gives: the loops that read it, and what else is done to it that the
 * helper's stream cannot do.
 */
export interface StreamUses {
  readonly loops: readonly TSESTree.ForOfStatement[];
  /** A generator hands it on by `yield*`. */
  readonly delegated: boolean;
  /** Where the stream is taken out of what the request gives; [] where that is the stream itself. */
  readonly picks: readonly StreamPick[];
  /** The program asks whether the result holds one. */
  readonly isTested: boolean;
  /** Sentences, each of which says what a person can do. */
  readonly obstacles: readonly string[];
  /** Names of types on its way that are to become `AsyncIterable`, where that was asked for. */
  readonly widened: readonly TSESTree.EntityName[];
  /** Requests that are not waited for where they are made, but later. */
  readonly openedLater: readonly Opening[];
  /** What gives something else where the request fails: callbacks of `.catch()`. */
  readonly onErrors: readonly TSESTree.Node[];
  /** The request is read by `.withResponse()`. */
  readonly response: ResponseUse | null;
  /**
   * `limit(() => request)`: the outermost call of a function that makes the request in a callback, and is taken to give
   * what that gives.
   */
  readonly around: TSESTree.CallExpression | null;
}

/** What `.withResponse()` gives, and what the program takes of it beside the stream. */
export interface ResponseUse {
  readonly call: TSESTree.CallExpression;
  /** The property that takes the response, of a declaration that stands alone; null where nothing reads it. */
  readonly property: TSESTree.Property | null;
  /** Where the program reads what the helper's stream has by another name. */
  readonly edits: readonly TextEdit[];
}

/** A stream is waited for, or read. */
export interface Opening {
  /**
   * The call that made this very stream: the request, or a call of the function around it, which makes one each time.
   */
  readonly made: TSESTree.Node;
  readonly at: TSESTree.Node;
}

/**
 * The stream is taken out of what the request gives: `result.fullStream`, `result.toTextStream()`, `const { stream } =
 * result`.
 */
export interface StreamPick {
  /** As the catalog has it among the `iterables`. */
  readonly name: string;
  /** `result` of `result.fullStream`; null for a pattern. */
  readonly from: TSESTree.Expression | null;
  /** The whole: a member, its call, a pattern. */
  readonly node: TSESTree.MemberExpression | TSESTree.CallExpression | TSESTree.ObjectPattern;
  /** The variable that a pattern fills. */
  readonly variable: string | null;
  /** The iterated expression; null where something else is done to the stream. */
  readonly read: TSESTree.Expression | null;
}

/**
 * Follows the value of the call through variables, branches and functions of this file. `modules`: those whose stream
 * classes can be widened.
 */
export function findUses(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  api: StreamApi,
  modules: readonly string[],
  widens: boolean,
): StreamUses {
  const follower = new Follower(source, call, api, modules, widens);
  follower.follow(call, { opened: !api.awaited, made: call, pick: null, holds: 'stream' });
  const { loops, obstacles, openings, picks, delegated, isTested } = follower;
  if (new Set(picks.map(({ name }) => name)).size > 1 || (picks.length > 0 && loops.some(({ pick }) => pick === null)))
    obstacles.push(manyStreams);
  if (hasTwoReaders(loops))
    obstacles.push(
      'More than one loop reads this stream, and a stream can be read once; read it in one loop, then run this again.',
    );
  return {
    loops: [...new Set(loops.map(({ loop }) => loop))],
    delegated,
    isTested,
    widened: [...follower.widened],
    picks: picks.map((pick) => ({ ...pick, read: loops.find((loop) => loop.pick === pick)?.loop.right ?? null })),
    obstacles: [...new Set(obstacles)],
    openedLater: findLateOpenings(openings),
    onErrors: follower.onErrors,
    response: follower.response && {
      call: follower.response,
      property: follower.responseProperty,
      edits: follower.edits,
    },
    around: follower.around,
  };
}

function findLateOpenings(openings: readonly Opening[]): Opening[] {
  return [...new Set(openings.map(({ made }) => made))].flatMap((made) => {
    const own = openings.filter((opening) => opening.made === made);
    if (own.some(({ at }) => isInside(made, at))) return [];
    return [own.reduce((first, opening) => (opening.at.range[0] < first.at.range[0] ? opening : first))];
  });
}

/** How a value was reached. */
interface Reach {
  /** It is the stream itself and no promise of it. */
  readonly opened: boolean;
  readonly made: TSESTree.Node;
  /** How the stream was taken out of what the request gives; null where that has not happened. */
  readonly pick: StreamPick | null;
  /** What is waited for: the stream, or a result that the catalog knows; or what `.withResponse()` gives. */
  readonly holds: 'stream' | 'response';
}

interface Reader {
  readonly loop: TSESTree.ForOfStatement;
  readonly made: TSESTree.Node;
  readonly pick: StreamPick | null;
}

class Follower {
  readonly loops: Reader[] = [];
  readonly obstacles: string[] = [];
  readonly openings: Opening[] = [];
  readonly picks: StreamPick[] = [];
  readonly widened = new Set<TSESTree.EntityName>();
  delegated = false;
  isTested = false;
  response: TSESTree.CallExpression | null = null;
  responseProperty: TSESTree.Property | null = null;
  readonly edits: TextEdit[] = [];
  around: TSESTree.CallExpression | null = null;
  readonly onErrors: TSESTree.Node[] = [];
  readonly #source: ParsedSource;
  readonly #request: TSESTree.CallExpression;
  readonly #api: StreamApi;
  readonly #modules: readonly string[];
  readonly #widens: boolean;
  readonly #seen = new Set<unknown>();

  constructor(
    source: ParsedSource,
    request: TSESTree.CallExpression,
    api: StreamApi,
    modules: readonly string[],
    widens: boolean,
  ) {
    this.#modules = modules;
    this.#widens = widens;
    this.#source = source;
    this.#request = request;
    this.#api = api;
  }

  follow(value: TSESTree.Node, reach: Reach): void {
    const user = value.parent;
    switch (user?.type) {
      case 'TSNonNullExpression':
      case 'ChainExpression':
        return this.follow(user, reach);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion': {
        const closed = isOpenCast(value) ? null : this.#findClosed(user.typeAnnotation);
        return closed === null ? this.follow(user, reach) : this.#stop(closed);
      }
      case 'AwaitExpression':
        this.openings.push({ made: reach.made, at: user });
        return this.follow(user, { ...reach, opened: true });
      case 'VariableDeclarator':
        if (/using/.test(user.parent.kind)) return this.#stop(usedOtherwise);
        return user.id.type === 'Identifier' ? this.#followName(user.id, reach) : this.#followPattern(user.id, reach);
      case 'AssignmentExpression':
        if (user.right !== value) return;
        if (user.left.type !== 'Identifier') return this.#stop(stored);
        this.#followName(user.left, reach);
        return this.follow(user, reach);
      case 'ConditionalExpression':
        return user.test === value ? undefined : this.follow(user, reach);
      case 'LogicalExpression':
        return this.follow(user, reach);
      case 'SequenceExpression':
        return user.expressions.at(-1) === value ? this.follow(user, reach) : undefined;
      case 'ForOfStatement':
        if (
          user.right !== value ||
          !user.await ||
          !(reach.pick || this.#isStream(reach)) ||
          (this.around && !reach.opened)
        )
          return this.#stop(usedOtherwise);
        this.openings.push({ made: reach.made, at: user });
        this.loops.push({ loop: user, made: reach.made, pick: reach.pick });
        return;
      case 'MemberExpression':
        return this.#followMember(user, reach);
      case 'CallExpression':
        return this.#followArgument(user, value, reach);
      case 'NewExpression':
        return this.#stop(passedOn(this.#print(user.callee)));
      case 'ReturnStatement':
        return this.#leaveFunction(findFunction(user), reach);
      case 'ArrowFunctionExpression':
        return this.#leaveFunction(user, reach);
      case 'YieldExpression':
        if (!user.delegate || !(reach.pick || this.#isStream(reach))) return this.#stop(returned);
        this.delegated = true;
        this.openings.push({ made: reach.made, at: user });
        return;
      case 'ExportSpecifier':
      case 'ExportDefaultDeclaration':
        return this.#stop(exported);
      default:
        if (!user || !isTest(user, value)) return this.#stop(usedOtherwise);
        this.isTested ||= reach.pick !== null;
        return;
    }
  }

  #followName(name: TSESTree.Identifier, reach: Reach): void {
    const variable = findVariable(this.#source, name);
    if (!variable) return this.#stop(stored);
    if (this.#seen.has(variable)) return;
    this.#seen.add(variable);
    const closed = variable.defs
      .map(({ name }) => (name.type === 'Identifier' ? this.#findClosed(name.typeAnnotation?.typeAnnotation) : null))
      .find((found) => found !== null);
    if (closed) return this.#stop(closed);
    if (variable.defs.some(isExported)) return this.#stop(exported);
    for (const reference of variable.references) {
      if (reference.isRead() || !reference.isWrite()) this.follow(reference.identifier, reach);
    }
  }

  /** `consume(stream)`, where the function is in sight: what it does with the parameter is done to the stream. */
  #followArgument(call: TSESTree.CallExpression, value: TSESTree.Node, reach: Reach): void {
    const parameter = findFilled(this.#source, call, value);
    // One that is not waited for starts at the call, and in the helper at the function's loop.
    const isWaited =
      reach.opened && this.openings.some(({ made, at }) => made === reach.made && at.type === 'AwaitExpression');
    const variable = parameter && isWaited ? findVariable(this.#source, parameter) : null;
    if (!variable) return this.#stop(passedOn(this.#print(call.callee)));
    if (this.#seen.has(variable)) return this.#stop(usedOtherwise);
    this.#followName(parameter!, reach);
  }

  #followMember(member: TSESTree.MemberExpression, reach: Reach): void {
    const name = findPropertyName(member);
    const call = member.parent.type === 'CallExpression' && member.parent.callee === member ? member.parent : null;
    if (name === null)
      return isAsyncIterator(member) && isTest(findUser(member)!, member) ? undefined : this.#stop(usedOtherwise);
    const taken = reach.opened && !reach.pick ? this.#findTaken(name, member, call, reach) : null;
    if (taken)
      return this.#followPick(
        taken,
        { name: taken === call ? `${name}()` : name, from: member.object, node: taken, variable: null, read: null },
        reach,
      );
    if (this.#isKnownToHelper(member, name, reach)) return;
    if (name === 'withResponse') return this.#followResponse(member.object, call, reach);
    if (reach.holds === 'response' && reach.opened && !reach.pick) return this.#followResponseMember(member, name);
    if (this.#api.chainable.includes(name)) return this.#stop(listened(name));
    if (name === 'controller') return isSafeAbort(member, this.#api) ? undefined : this.#stop(abortedQuietly);
    if (reach.opened || !call) return this.#stop(this.#printMember(name, reach));
    if (name === 'catch') this.onErrors.push(...call.arguments.slice(0, 1));
    if (name === 'catch' || name === 'finally') return this.#followPromise(call, reach);
    return name === 'then' ? this.#followThen(call, reach) : this.#stop(memberUsed(name));
  }

  /** `.withResponse()` of the request itself: the helper takes what that gives as it is. */
  #followResponse(object: TSESTree.Expression, call: TSESTree.CallExpression | null, reach: Reach): void {
    const isPlain =
      call !== null &&
      !call.optional &&
      call.arguments.length === 0 &&
      this.#source.text[skipBlanks(this.#source.text, object.range[1])] !== ')';
    if (!this.#api.withResponse || object !== this.#request || !isPlain) return this.#stop(withResponse);
    this.response = call;
    this.follow(call, { ...reach, opened: false, holds: 'response' });
  }

  #followResponseMember(member: TSESTree.MemberExpression, name: string): void {
    const edit = findIdEdit(member);
    if (edit === null) return this.#stop(name === 'response' ? responseNotInPattern : responseUsed(name));
    this.edits.push(edit);
  }

  #followResponsePattern(pattern: TSESTree.ObjectPattern, reach: Reach): void {
    const found = findResponsePattern(this.#source, pattern);
    if (typeof found === 'string') return this.#stop(found);
    if (found.response && !this.#isDeclaredAtRequest(pattern)) return this.#stop(responseNotInPattern);
    this.responseProperty = found.response;
    this.edits.push(...found.edits);
    this.#followTaken(pattern, 'data', found.stream, reach);
  }

  /** `const { … } = await request.withResponse();`, a statement of its own. */
  #isDeclaredAtRequest({ parent }: TSESTree.ObjectPattern): boolean {
    if (
      parent.type !== 'VariableDeclarator' ||
      parent.init?.type !== 'AwaitExpression' ||
      parent.init.argument !== this.response
    )
      return false;
    return (
      parent.parent.kind !== 'var' &&
      parent.parent.declarations.length === 1 &&
      ['BlockStatement', 'Program'].includes(parent.parent.parent.type)
    );
  }

  /** What the request gives is a stream, whatever streams it holds beside. */
  #isStream(reach: Reach): boolean {
    const iterables = this.#findIterables(reach);
    return iterables.length === 0 || iterables.includes('');
  }

  #findIterables({ holds }: Reach): readonly string[] {
    return holds === 'response' ? ['data'] : this.#api.iterables;
  }

  #findTaken(
    name: string,
    member: TSESTree.MemberExpression,
    call: TSESTree.CallExpression | null,
    reach: Reach,
  ): TSESTree.MemberExpression | TSESTree.CallExpression | null {
    const iterables = this.#findIterables(reach);
    if (call && !call.optional && iterables.includes(`${name}()`)) return call;
    return iterables.includes(name) ? member : null;
  }

  /** `const { fullStream: stream } = result`, with nothing else in the pattern. */
  #followPattern(pattern: TSESTree.DestructuringPattern, reach: Reach): void {
    if (pattern.type !== 'ObjectPattern' || reach.pick || !reach.opened) return this.#stop(destructured);
    if (pattern.typeAnnotation) return this.#stop(typed);
    if (reach.holds === 'response') return this.#followResponsePattern(pattern, reach);
    const names = pattern.properties.map((property) =>
      property.type === 'Property' ? findPropertyName(property) : null,
    );
    const other = names.find((name) => name !== null && !this.#api.iterables.includes(name));
    if (other !== undefined && other !== null) return this.#stop(this.#printMember(other, reach));
    const [property] = pattern.properties;
    if (
      names.length !== 1 ||
      property?.type !== 'Property' ||
      property.computed ||
      property.value.type !== 'Identifier'
    )
      return this.#stop(destructured);
    this.#followTaken(pattern, names[0]!, property.value, reach);
  }

  #followTaken(pattern: TSESTree.ObjectPattern, name: string, variable: TSESTree.Identifier, reach: Reach): void {
    const pick: StreamPick = { name, from: null, node: pattern, variable: variable.name, read: null };
    this.picks.push(pick);
    this.#followName(variable, { ...reach, pick });
  }

  #followPick(node: TSESTree.Node, pick: StreamPick, reach: Reach): void {
    this.picks.push(pick);
    this.follow(node, { ...reach, pick });
  }

  /** `await result.finishReason` behind the loop: the helper's stream has it too. */
  #isKnownToHelper(member: TSESTree.MemberExpression, name: string, { opened, pick }: Reach): boolean {
    const tells = this.#api.finals.some((final) => final.name === name && final.onCleanEnd === 'tells');
    const isKept = this.#api.terminal !== null || this.#api.isTextOnly;
    return (
      tells &&
      isKept &&
      name === 'finishReason' &&
      opened &&
      pick === null &&
      member.parent.type === 'AwaitExpression' &&
      this.#isBehindLoop(member)
    );
  }

  /** A loop over this result, alone or in a `try`, stands before the node in a block around it. */
  #isBehindLoop(node: TSESTree.Node): boolean {
    for (const outer of ancestorsOf(node)) {
      if (isFunction(outer)) return false;
      const { parent } = outer;
      if (parent?.type !== 'BlockStatement' && parent?.type !== 'Program') continue;
      const statements: readonly TSESTree.Node[] = parent.body;
      const before = statements.slice(0, statements.indexOf(outer));
      if (before.some((statement) => this.#readsHere(statement, node))) return true;
    }
    return false;
  }

  #readsHere(statement: TSESTree.Node, node: TSESTree.Node): boolean {
    if (statement.type === 'TryStatement') return statement.block.body.some((inner) => this.#readsHere(inner, node));
    const { object } = node as TSESTree.MemberExpression;
    const variable = object.type === 'Identifier' ? findVariable(this.#source, object) : null;
    return (
      variable !== null &&
      statement.type === 'ForOfStatement' &&
      variable.references.some(({ identifier }) => isInside(identifier, statement.right))
    );
  }

  #printMember(name: string, reach: Reach): string {
    return reach.pick || this.#isStream(reach) ? memberUsed(name) : resultUsed(name);
  }

  #followPromise(call: TSESTree.CallExpression, reach: Reach): void {
    this.openings.push({ made: reach.made, at: call });
    this.follow(call, reach);
  }

  #followThen(call: TSESTree.CallExpression, reach: Reach): void {
    this.openings.push({ made: reach.made, at: call });
    const [callback, onError] = call.arguments;
    if (onError) this.onErrors.push(onError);
    if (!callback || !isFunction(callback)) return this.#stop(passedOn('.then'));
    const [parameter] = callback.params;
    if (parameter?.type === 'Identifier') this.#followName(parameter, { ...reach, opened: true });
    else if (parameter?.type === 'ObjectPattern' && reach.holds === 'response')
      this.#followPattern(parameter, { ...reach, opened: true });
    else if (parameter) this.#stop(destructured);
  }

  /** The stream is what a function gives; its callers are followed where they are all in sight. */
  #leaveFunction(fn: FunctionNode | null, reach: Reach): void {
    if (!fn || fn.generator) return this.#stop(returned);
    const closed = this.#findClosed(fn.returnType?.typeAnnotation);
    if (closed !== null) return this.#stop(closed);
    const user = fn.parent;
    if (user.type === 'CallExpression' && user.callee === fn) return this.follow(user, { ...reach, made: user });
    if (user.type === 'CallExpression') {
      const isThen = user.callee.type === 'MemberExpression' && findPropertyName(user.callee) === 'then';
      return isThen ? this.follow(user, { ...reach, opened: false }) : this.#followWrapper(user, fn, reach);
    }
    const name = fn.type === 'FunctionDeclaration' ? fn.id : user.type === 'VariableDeclarator' ? user.id : null;
    const variable = name ? findVariable(this.#source, name) : null;
    if (!variable || this.#seen.has(fn) || variable.defs.some(isExported)) return this.#stop(returned);
    this.#seen.add(fn);
    for (const { identifier, init } of variable.references) {
      if (init) continue;
      const call = identifier.parent;
      if (call?.type !== 'CallExpression' || call.callee !== identifier) return this.#stop(returned);
      this.follow(call, { ...reach, opened: reach.opened && !fn.async, made: call });
    }
  }

  /**
   * `await limit(() => request)`. A callback with parameters may run for each of many things, and what is not waited
   * for may be a list.
   */
  #followWrapper(wrapper: TSESTree.CallExpression, callback: FunctionNode, reach: Reach): void {
    if (callback.params.length > 0 || wrapper.optional || findUser(wrapper)?.type !== 'AwaitExpression')
      return this.#stop(findWrapperObstacle(this.#source, wrapper));
    this.around = wrapper;
    this.follow(wrapper, { ...reach, opened: false, made: wrapper });
  }

  /** Why the helper's stream does not fit the type; null where it does, or will once the type is widened. */
  #findClosed(type: TSESTree.TypeNode | undefined): string | null {
    const names = type ? findWidening(this.#source, type, this.#modules) : [];
    if (names === null) return typed;
    if (names.length > 0 && !this.#widens) return typedBySdk;
    names.forEach((name) => this.widened.add(name));
    return null;
  }

  #stop(obstacle: string): void {
    this.obstacles.push(obstacle);
  }

  #print(node: TSESTree.Node): string {
    return printShort(this.#source, node);
  }
}

function printShort(source: ParsedSource, node: TSESTree.Node): string {
  const text = source.text.slice(...node.range).replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** Why a request has to stay in a callback of `wrapper`. */
export const findWrapperObstacle = (source: ParsedSource, wrapper: TSESTree.CallExpression): string =>
  inCallback(printShort(source, wrapper.callee));

function hasTwoReaders(readers: readonly Reader[]): boolean {
  return readers.some((reader, index) =>
    readers
      .slice(index + 1)
      .some(
        (other) =>
          reader.made === other.made && reader.loop !== other.loop && !areAlternatives(reader.loop, other.loop),
      ),
  );
}
