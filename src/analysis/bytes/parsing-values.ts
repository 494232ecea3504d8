import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../source/bindings.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, isFunction, unwrap } from '../source/tree.ts';

/** Methods that only make a value of a value. */
const OF_STRING = new Set([
  'startsWith',
  'endsWith',
  'includes',
  'indexOf',
  'lastIndexOf',
  'slice',
  'substring',
  'substr',
  'trim',
  'trimStart',
  'trimEnd',
  'replace',
  'replaceAll',
  'split',
  'match',
  'at',
  'charAt',
  'toLowerCase',
  'toString',
  'concat',
  'search',
]);
const OF_LIST = new Set(['join', 'at', 'slice', 'includes', 'pop', 'shift', 'push', 'concat', 'indexOf']);
const OF_PATTERN = new Set(['test', 'exec']);
const OVER_LIST = new Set(['filter', 'map', 'find', 'some', 'every']);
const MAX_STEPS = 4_000;
/** The pieces have a few hundred characters; what is longer grows without end. */
const MAX_LENGTH = 10_000;

/** A piece of a body, before it is decoded. */
export class Bytes {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Things of a program that are named and not looked into. */
class Tool {
  readonly kind: 'reader' | 'decoder';
  constructor(kind: 'reader' | 'decoder') {
    this.kind = kind;
  }
}

/** The code does more than is tried: what is no parsing, or no counting of attempts. */
export class Stop extends Error {
  readonly at: TSESTree.Node;
  constructor(at: TSESTree.Node) {
    super();
    this.at = at;
  }
}

/** What `JSON.parse` throws. */
export class NoJson extends Error {}

/** JSON was parsed; what is done with it is the program's own. */
export class Reached extends Error {}

/** What `read()` gives. */
class Piece {
  readonly done: boolean;
  readonly value: Bytes | undefined;
  constructor(done: boolean, value: Bytes | undefined) {
    this.done = done;
    this.value = value;
  }
}

/** Evaluates what reads, decodes, cuts and parses text, with the pieces of a body at hand; stops at anything else. */
export class TrialValues {
  readonly parses: { readonly call: TSESTree.CallExpression; readonly text: string }[] = [];
  /** Variables from outside of the loop, but for constants. */
  readonly tools = new Set<Variable>();
  readonly #source: ParsedSource;
  readonly #loop: TSESTree.Statement;
  readonly #pieces: string[];
  readonly #values = new Map<Variable, unknown>();
  #steps = 0;

  constructor(source: ParsedSource, loop: TSESTree.Statement, pieces: readonly string[]) {
    this.#source = source;
    this.#loop = loop;
    this.#pieces = [...pieces];
  }

  /** All pieces that are left, for a `for await`. */
  get pieces(): readonly Bytes[] {
    return this.#pieces.map((text) => new Bytes(text));
  }

  /** @throws Stop where there are too many. */
  step(node: TSESTree.Node): void {
    if (++this.#steps > MAX_STEPS) throw new Stop(node);
  }

  // ── Expressions ───────────────────────────────────────────────────────────────────────────────────────────────────

  evaluate(node: TSESTree.Node): unknown {
    const value = unwrap(node);
    this.step(value);
    const result = this.#evaluate(value);
    return typeof result === 'string' && result.length > MAX_LENGTH ? this.#stop(value) : result;
  }

  #evaluate(value: TSESTree.Node): unknown {
    switch (value.type) {
      case 'Identifier':
        return value.name === 'undefined' ? undefined : this.#look(value);
      case 'AwaitExpression':
        return this.evaluate(value.argument);
      case 'MemberExpression':
        return this.#evaluateMember(value);
      case 'CallExpression':
        return this.#call(value);
      case 'BinaryExpression':
        return this.#compute(value);
      case 'UnaryExpression':
        return this.#computeUnary(value);
      case 'LogicalExpression':
        return this.#evaluateLogical(value);
      case 'ConditionalExpression':
        return this.evaluate(this.evaluate(value.test) ? value.consequent : value.alternate);
      case 'AssignmentExpression':
        return this.#assign(value);
      default:
        return this.#make(value);
    }
  }

  /** A value that the expression makes anew: a literal, an array, an object, a decoder. */
  #make(value: TSESTree.Node): unknown {
    switch (value.type) {
      case 'Literal':
        if (!('regex' in value)) return value.value;
        return value.value instanceof RegExp && isQuick(value.regex.pattern)
          ? new RegExp(value.value)
          : this.#stop(value);
      case 'TemplateLiteral':
        return this.#join(value);
      case 'ArrayExpression':
        return value.elements.map((element) =>
          element && element.type !== 'SpreadElement' ? this.evaluate(element) : this.#stop(value),
        );
      case 'ObjectExpression':
        return Object.fromEntries(
          value.properties.map((property) =>
            property.type === 'Property'
              ? [findPropertyName(property), this.evaluate(property.value)]
              : this.#stop(value),
          ),
        );
      case 'NewExpression':
        if (value.callee.type === 'Identifier' && value.callee.name === 'TextDecoder' && isUtf8(value.arguments[0]))
          return new Tool('decoder');
        throw new Stop(value);
      default:
        throw new Stop(value);
    }
  }

  #join({ quasis, expressions }: TSESTree.TemplateLiteral): string {
    return quasis
      .map(
        ({ value: { cooked } }, index) =>
          cooked + (expressions[index] ? String(this.evaluate(expressions[index])) : ''),
      )
      .join('');
  }

  #computeUnary(node: TSESTree.UnaryExpression): unknown {
    if (node.operator === '!') return !this.evaluate(node.argument);
    return node.operator === '-' ? -Number(this.evaluate(node.argument)) : this.#stop(node);
  }

  #evaluateLogical(node: TSESTree.LogicalExpression): unknown {
    const left = this.evaluate(node.left);
    const goesOn = node.operator === '&&' ? left : node.operator === '||' ? !left : left === null || left === undefined;
    return goesOn ? this.evaluate(node.right) : left;
  }

  #stop(at: TSESTree.Node): never {
    throw new Stop(at);
  }

  #compute(node: TSESTree.BinaryExpression): unknown {
    const [left, right] = [this.evaluate(node.left), this.evaluate(node.right)];
    const isPlain = [left, right].every(
      (value) => value === undefined || value === null || /^(?:string|number|boolean)$/.test(typeof value),
    );
    if (!isPlain) throw new Stop(node);
    switch (node.operator) {
      case '===':
        return left === right;
      case '!==':
        return left !== right;
      case '==':
        return left === right || (left ?? null) === (right ?? null);
      case '!=':
        return !(left === right || (left ?? null) === (right ?? null));
      case '+':
        return typeof left === 'string' || typeof right === 'string'
          ? String(left) + String(right)
          : Number(left) + Number(right);
      case '-':
        return Number(left) - Number(right);
      case '>':
        return Number(left) > Number(right);
      case '>=':
        return Number(left) >= Number(right);
      case '<':
        return Number(left) < Number(right);
      case '<=':
        return Number(left) <= Number(right);
      default:
        throw new Stop(node);
    }
  }

  #assign(node: TSESTree.AssignmentExpression): unknown {
    const { left, operator } = node;
    if (left.type !== 'Identifier') throw new Stop(node);
    const before = operator === '=' ? undefined : this.#look(left);
    const right = this.evaluate(node.right);
    const value =
      operator === '='
        ? right
        : operator === '+=' && isText(before) && (isText(right) || right instanceof Bytes)
          ? String(before) + (right instanceof Bytes ? right.text : String(right))
          : this.#stop(node);
    this.bind(left, value);
    return value;
  }

  #evaluateMember(member: TSESTree.MemberExpression): unknown {
    const object = this.evaluate(member.object);
    const name = member.computed ? this.evaluate(member.property) : findPropertyName(member);
    if ((object === undefined || object === null) && isOptional(member)) return undefined;
    if (name === 'length' && (typeof object === 'string' || Array.isArray(object))) return object.length;
    if (typeof name === 'number' && (typeof object === 'string' || Array.isArray(object))) return object[name];
    if (typeof name === 'string' && /^\d+$/.test(name) && Array.isArray(object)) return object[Number(name)] as unknown;
    if (object instanceof Piece && (name === 'done' || name === 'value')) return object[name];
    throw new Stop(member);
  }

  #call(call: TSESTree.CallExpression): unknown {
    const callee = unwrap(call.callee);
    if (callee.type === 'Identifier' && !findVariable(this.#source, callee)) {
      const [value] = call.arguments.map((argument) => this.evaluate(argument));
      if (callee.name === 'String' && (isText(value) || value instanceof Bytes))
        return value instanceof Bytes ? value.text : String(value);
      return callee.name === 'Boolean' ? Boolean(value) : this.#stop(call);
    }
    if (callee.type !== 'MemberExpression') throw new Stop(call);
    const name = findPropertyName(callee) ?? '';
    const { object } = callee;
    if (object.type === 'Identifier' && object.name === 'JSON' && name === 'parse') return this.parse(call);
    if (object.type === 'Identifier' && object.name === 'Buffer' && name === 'from' && call.arguments.length === 1)
      return this.evaluate(call.arguments[0]!);
    const owner = this.evaluate(object);
    if ((owner === undefined || owner === null) && isOptional(callee)) return undefined;
    if (owner instanceof Tool) return this.#callTool(owner, name, call);
    if (owner instanceof Bytes) return name === 'toString' || name === 'toLocaleString' ? owner.text : this.#stop(call);
    return this.#callMethod(owner, name, call);
  }

  #callTool({ kind }: Tool, name: string, call: TSESTree.CallExpression): unknown {
    if (kind === 'reader' && name === 'read') {
      const text = this.#pieces.shift();
      return new Piece(text === undefined, text === undefined ? undefined : new Bytes(text));
    }
    if (kind === 'reader' && (name === 'releaseLock' || name === 'cancel') && call.arguments.length === 0)
      return undefined;
    if (kind === 'decoder' && name === 'decode') {
      const [bytes] = call.arguments.map((argument) => this.evaluate(argument));
      if (bytes === undefined || bytes instanceof Bytes) return bytes?.text ?? '';
    }
    throw new Stop(call);
  }

  #callMethod(owner: unknown, name: string, call: TSESTree.CallExpression): unknown {
    if (Array.isArray(owner) && (OVER_LIST.has(name) || name === 'forEach'))
      return this.#callForEach(owner, name, call);
    const known =
      typeof owner === 'string'
        ? OF_STRING
        : Array.isArray(owner)
          ? OF_LIST
          : owner instanceof RegExp
            ? OF_PATTERN
            : null;
    if (!known?.has(name)) throw new Stop(call);
    const given = call.arguments.map((argument) => this.evaluate(argument));
    if (
      given.some(
        (value) => value !== undefined && !(value instanceof RegExp) && !/^(?:string|number)$/.test(typeof value),
      )
    )
      throw new Stop(call);
    try {
      return (owner as Record<string, (...values: unknown[]) => unknown>)[name]!(...given);
    } catch {
      // `'a'.replaceAll(/a/, '')` throws in the program, too.
      throw new Stop(call);
    }
  }

  #callForEach(owner: readonly unknown[], name: string, call: TSESTree.CallExpression): unknown {
    const [callback, ...others] = call.arguments;
    if (!callback || others.length > 0) throw new Stop(call);
    if (callback.type === 'Identifier' && callback.name === 'Boolean' && name === 'filter')
      return owner.filter(Boolean);
    if (!isFunction(callback) || callback.async || callback.params.length !== 1 || name === 'forEach')
      throw new Stop(call);
    const [param] = callback.params;
    const run = (item: unknown): unknown => {
      this.bind(param!, item);
      return callback.body.type === 'BlockStatement' ? this.#stop(call) : this.evaluate(callback.body);
    };
    return (owner as unknown as Record<string, (each: (item: unknown) => unknown) => unknown>)[name]!(run);
  }

  parse(call: TSESTree.CallExpression): never {
    const [text] = call.arguments.map((argument) => this.evaluate(argument));
    if (typeof text !== 'string') throw new Stop(call);
    this.parses.push({ call, text: text.trim() });
    try {
      JSON.parse(text);
    } catch {
      throw new NoJson();
    }
    throw new Reached();
  }

  // ── Variables ─────────────────────────────────────────────────────────────────────────────────────────────────────

  bind(pattern: TSESTree.Node, value: unknown): void {
    switch (pattern.type) {
      case 'Identifier': {
        const variable = findVariable(this.#source, pattern);
        if (!variable) throw new Stop(pattern);
        if (!this.#isInside(variable)) this.tools.add(variable);
        this.#values.set(variable, value);
        return;
      }
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          const name = property.type === 'Property' ? findPropertyName(property) : null;
          if (property.type !== 'Property' || !(value instanceof Piece) || (name !== 'done' && name !== 'value'))
            throw new Stop(pattern);
          this.bind(property.value, value[name]);
        }
        return;
      case 'ArrayPattern':
        for (const [index, element] of pattern.elements.entries())
          if (element) this.bind(element, Array.isArray(value) ? value[index] : this.#stop(pattern));
        return;
      default:
        throw new Stop(pattern);
    }
  }

  #isInside({ defs }: Variable): boolean {
    return defs.some(({ name }) => name.range[0] >= this.#loop.range[0] && name.range[1] <= this.#loop.range[1]);
  }

  #look(name: TSESTree.Identifier): unknown {
    const variable = findVariable(this.#source, name);
    if (!variable) throw new Stop(name);
    if (this.#values.has(variable)) return this.#values.get(variable);
    const [def, ...others] = variable.defs;
    const declarator =
      def?.node.type === 'VariableDeclarator' && def.node.id.type === 'Identifier' && others.length === 0
        ? def.node
        : null;
    if (!declarator) throw new Stop(name);
    const value = this.#findInitial(declarator, name);
    this.#values.set(variable, value);
    const isConstant = declarator.parent.kind === 'const' && isText(value);
    if (!isConstant && !this.#isInside(variable)) this.tools.add(variable);
    return value;
  }

  /** What a variable holds when the loop begins. */
  #findInitial({ init }: TSESTree.VariableDeclarator, name: TSESTree.Node): unknown {
    const value = init ? unwrap(init) : null;
    if (value === null) return undefined;
    if (value.type === 'Literal') return this.evaluate(value);
    if (value.type === 'ArrayExpression' && value.elements.length === 0) return [];
    if (value.type === 'TemplateLiteral' && value.expressions.length === 0) return value.quasis[0]!.value.cooked;
    if (value.type === 'NewExpression') return this.evaluate(value);
    const callee = value.type === 'CallExpression' ? unwrap(value.callee) : null;
    if (callee?.type === 'MemberExpression' && findPropertyName(callee) === 'getReader') return new Tool('reader');
    throw new Stop(name);
  }
}

/**
 * Runs in a time that the length of the text bounds: nothing that repeats stands in what repeats, and few things do.
 */
const isQuick = (pattern: string): boolean => !/\)[*+{]/.test(pattern) && (pattern.match(/[*+{]/g)?.length ?? 0) <= 3;

/** The helper decodes by no other. */
const isUtf8 = (label: TSESTree.Node | undefined): boolean =>
  !label || (label.type === 'Literal' && /^utf-?8$/i.test(String(label.value)));
const isText = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
const isOptional = ({ optional, parent }: TSESTree.MemberExpression): boolean =>
  optional ||
  parent.type === 'ChainExpression' ||
  (parent.type === 'CallExpression' && parent.parent.type === 'ChainExpression');
