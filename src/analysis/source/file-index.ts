import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from './file-memory.ts';
import type { ParsedSource } from './parsed-source.ts';
import { FOR_AWAIT } from './chunk-reading-text.ts';
import { findPropertyName, type FunctionNode, isClass, isFunction, unwrap, visit, visitAt } from './tree.ts';

/** `object.name(…)` */
export interface MethodCall {
  readonly call: TSESTree.CallExpression;
  readonly object: TSESTree.Expression;
  readonly name: string;
}

const indexes = new FileMemory<FileIndex>();

/** What the analyser asks of a whole file. */
export function indexOf(source: ParsedSource): FileIndex {
  let index = indexes.get(source.ast);
  if (!index) {
    index = new FileIndex(source);
    indexes.set(source.ast, index);
  }
  return index;
}

type Values = readonly TSESTree.Expression[];

/**
 * Each answer is found when it is first asked for, where the text names what it is about: no question is worth a walk
 * over the whole tree.
 */
class FileIndex {
  readonly #source: ParsedSource;
  readonly #found = new Map<RegExp, readonly unknown[]>();
  readonly #returns = new Map<FunctionNode, Values>();
  readonly #relays = new Map<FunctionNode, Values>();
  #fields: ReadonlyMap<TSESTree.Node, ReadonlyMap<string, Values>> | null = null;

  constructor(source: ParsedSource) {
    this.#source = source;
  }

  /** `for await` */
  get loops(): readonly TSESTree.ForOfStatement[] {
    return this.#find(LOOP, (node) => (node.type === 'ForOfStatement' && node.await ? node : null));
  }

  /** `anything.read()` and `anything.next()`. */
  get pulls(): readonly MethodCall[] {
    return this.#find(PULL, (node) => findMethodCall(node, isPull));
  }

  /** `anything.on('event', listener)`. */
  get listeners(): readonly MethodCall[] {
    return this.#find(LISTEN, (node) => findMethodCall(node, isListening));
  }

  /** `this.name(…)` */
  get ownCalls(): readonly MethodCall[] {
    return this.#find(OWN_CALL, (node) => findMethodCall(node, ({ object }) => object.type === 'ThisExpression'));
  }

  /** `signal.aborted`, `signal.throwIfAborted`. */
  get abortChecks(): readonly TSESTree.MemberExpression[] {
    return this.#find(ABORT_CHECK, (node) =>
      node.type === 'MemberExpression' && /^(?:aborted|throwIfAborted)$/.test(findPropertyName(node) ?? '')
        ? node
        : null,
    );
  }

  /** `JSON.parse(…)` */
  get jsonParses(): readonly TSESTree.CallExpression[] {
    return this.#find(JSON_PARSE, (node) => findMethodCall(node, isJsonParse)?.call ?? null);
  }

  /** `setInterval(…)` */
  get intervals(): readonly TSESTree.CallExpression[] {
    return this.#find(INTERVAL, (node) => (isCallOf(node, 'setInterval') ? node : null));
  }

  /** `setTimeout(…)` */
  get timeouts(): readonly TSESTree.CallExpression[] {
    return this.#find(TIMEOUT, (node) => (isCallOf(node, 'setTimeout') ? node : null));
  }

  /** What a function may give. */
  returnsOf(owner: FunctionNode): Values {
    return getOrCreate(this.#returns, owner, () => {
      if (owner.body.type !== 'BlockStatement') return [owner.body];
      return this.#findIn(owner, (node) => (node.type === 'ReturnStatement' ? node.argument : null));
    });
  }

  /**
   * What a generator hands on: the arguments of `yield*`, what the loops around its `yield`s iterate, the readers that
   * it pulls.
   */
  relaysOf(owner: FunctionNode): Values {
    return getOrCreate(this.#relays, owner, () => {
      const yielded = this.#findIn(owner, (node) =>
        node.type === 'YieldExpression' ? (node.delegate ? node.argument : (findAwaitLoop(node)?.right ?? null)) : null,
      );
      const pulled = this.pulls.filter(({ call }) => nearest(call, isFunction) === owner).map(({ object }) => object);
      return [...new Set([...yielded, ...pulled])];
    });
  }

  /** The values of `this.name = value` in a class. */
  fieldsOf(owner: TSESTree.Node, name: string): Values {
    this.#fields ??= groupFields(
      this.#find(FIELD, (node) =>
        node.type === 'AssignmentExpression' &&
        node.left.type === 'MemberExpression' &&
        node.left.object.type === 'ThisExpression'
          ? node
          : null,
      ),
    );
    return this.#fields.get(owner)?.get(name) ?? [];
  }

  /** Of the nodes around the matches of a pattern, in the order of the text. */
  #find<T>(pattern: RegExp, pick: (node: TSESTree.Node) => T | null): readonly T[] {
    const before = this.#found.get(pattern) as readonly T[] | undefined;
    if (before) return before;
    const { ast, text, visitorKeys } = this.#source;
    const found: T[] = [];
    const offsets = [...text.matchAll(pattern)].map(({ index }) => index);
    visitAt(ast, visitorKeys, offsets, (node) => {
      const picked = pick(node);
      if (picked !== null) found.push(picked);
    });
    this.#found.set(pattern, found);
    return found;
  }

  /** In a function, and not in those inside it. */
  #findIn(owner: FunctionNode, pick: (node: TSESTree.Node) => TSESTree.Expression | null): Values {
    const found: TSESTree.Expression[] = [];
    visit(owner.body, this.#source.visitorKeys, (node) => {
      if (isFunction(node) || isType(node)) return false;
      const picked = pick(node);
      if (picked) found.push(picked);
      return true;
    });
    return found;
  }
}

const LOOP = new RegExp(FOR_AWAIT.source, 'g');
const PULL = /\.\s*(?:read|next)\b/g;
const LISTEN = /\.\s*(?:on|once|addListener)\b/g;
const ABORT_CHECK = /\b(?:aborted|throwIfAborted)\b/g;
const JSON_PARSE = /\bJSON\b/g;
const INTERVAL = /\bsetInterval\b/g;
const TIMEOUT = /\bsetTimeout\b/g;
const OWN_CALL = /\bthis\s*\??\.\s*#?[\w$\u0080-\uFFFF]+\s*[!?<(]/g;
const FIELD = /\bthis\s*\.\s*#?[\w$\u0080-\uFFFF]+\s*!?\s*[-+*/%&|^?<>]*=(?![=>])/g;

function getOrCreate<K, V>(known: Map<K, V>, key: K, find: () => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = find()));
  return value;
}

function findMethodCall(node: TSESTree.Node, is: (method: MethodCall) => boolean): MethodCall | null {
  const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
  const name = callee?.type === 'MemberExpression' ? findPropertyName(callee) : null;
  if (node.type !== 'CallExpression' || callee?.type !== 'MemberExpression' || name === null) return null;
  const method = { call: node, object: callee.object, name };
  return is(method) ? method : null;
}

const isPull = ({ call, name }: MethodCall): boolean =>
  (name === 'read' || name === 'next') && call.arguments.length === 0;

const isJsonParse = ({ object, name }: MethodCall): boolean =>
  name === 'parse' && object.type === 'Identifier' && object.name === 'JSON';

const isListening = ({
  call: {
    arguments: [event, listener],
  },
  name,
}: MethodCall): boolean =>
  (name === 'on' || name === 'once' || name === 'addListener') &&
  event?.type === 'Literal' &&
  typeof event.value === 'string' &&
  listener !== undefined;

const isCallOf = (node: TSESTree.Node, name: string): node is TSESTree.CallExpression =>
  node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === name;

/** Nothing in a type runs. */
const isType = ({ type }: TSESTree.Node): boolean =>
  type === 'TSTypeAnnotation' ||
  type === 'TSTypeParameterInstantiation' ||
  type === 'TSInterfaceDeclaration' ||
  type === 'TSTypeAliasDeclaration';

/** By class, then by name. */
function groupFields(
  assignments: readonly TSESTree.AssignmentExpression[],
): ReadonlyMap<TSESTree.Node, ReadonlyMap<string, Values>> {
  const classes = new Map<TSESTree.Node, Map<string, TSESTree.Expression[]>>();
  for (const { left, right, parent } of assignments) {
    const owner = nearest(parent, isClass);
    const property = left.type === 'MemberExpression' && !left.computed ? left.property : null;
    if (!owner || (property?.type !== 'Identifier' && property?.type !== 'PrivateIdentifier')) continue;
    const fields = getOrCreate(classes, owner, () => new Map<string, TSESTree.Expression[]>());
    getOrCreate(fields, property.type === 'PrivateIdentifier' ? `#${property.name}` : property.name, () => []).push(
      right,
    );
  }
  return classes;
}

/** The `for await` that a node of the same function stands in. */
function findAwaitLoop(node: TSESTree.Node): TSESTree.ForOfStatement | null {
  for (let outer = node.parent; outer && !isFunction(outer); outer = outer.parent) {
    if (outer.type === 'ForOfStatement' && outer.await) return outer;
  }
  return null;
}

function nearest<T extends TSESTree.Node>(node: TSESTree.Node, is: (node: TSESTree.Node) => node is T): T | null {
  for (let outer: TSESTree.Node | undefined = node; outer; outer = outer.parent) if (is(outer)) return outer;
  return null;
}
