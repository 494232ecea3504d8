import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from '../values/access-path.ts';
import { findVariable } from '../source/bindings.ts';
import { type ByteLoop, findByteLoops, readByteSigns, isInBodies } from './byte-loops.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { ancestorsOf, findPropertyName, findUser, isFunction, isInside, unwrap } from '../source/tree.ts';

/**
 * JSON that is parsed out of one chunk, though the network may have cut it: what stands at the chunk's end waits for
 * nothing.
 */
export interface UnbufferedParse {
  readonly parse: TSESTree.CallExpression;
  /** What takes the chunk apart; null where the chunk is parsed whole. */
  readonly split: TSESTree.CallExpression | null;
  readonly loop: ByteLoop;
}

/** Methods that give a string's text, or a part of it. */
const TEXT = /^(?:toString|trim|trimStart|trimEnd|replace|replaceAll|slice|substring|substr|normalize|concat)$/;
/** Methods that give some of a list's elements. */
const SOME = /^(?:filter|slice|toReversed|reverse)$/;
const EACH = /^(?:forEach|map|flatMap|some|every|find|filter|reduce)$/;
/** What takes a line off a list, so that it can wait for the next chunk. */
const TAKES_LINE = /^(?:pop|at|splice)$/;
const MAX_STEPS = 400;

/** In the order of the text. */
export function findUnbufferedParses(source: ParsedSource): UnbufferedParse[] {
  return findByteLoops(source)
    .flatMap((loop) => new Trail(source, loop).find())
    .sort((a, b) => a.parse.range[0] - b.parse.range[0]);
}

/**
 * Follows the text of one chunk through the code that runs for that chunk. What is joined to text from before it is not
 * followed.
 */
class Trail {
  readonly #source: ParsedSource;
  readonly #loop: ByteLoop;
  readonly #parses = new Map<TSESTree.CallExpression, TSESTree.CallExpression | null>();
  readonly #seen = new Set<TSESTree.Node>();
  /** The chunk's bytes were made text here: it is one, and no message that somebody else has cut out. */
  #isDecoded = false;
  /** Something of the chunk is kept for the next. */
  #isKept = false;

  constructor(source: ParsedSource, loop: ByteLoop) {
    this.#source = source;
    this.#loop = loop;
  }

  find(): UnbufferedParse[] {
    for (const chunk of this.#loop.chunks) this.#followText(chunk, null);
    const { kind } = this.#loop;
    const isText = kind === 'text' || this.#isDecoded;
    if (this.#isKept || !(kind === 'buffers' || isText)) return [];
    // What is parsed whole may have been sent whole, unless it is known to come off the network.
    return [...this.#parses].flatMap(([parse, split]) =>
      split || kind === 'buffers' ? [{ parse, split, loop: this.#loop }] : [],
    );
  }

  #isNew(node: TSESTree.Node): boolean {
    if (this.#seen.has(node) || this.#seen.size > MAX_STEPS) return false;
    this.#seen.add(node);
    return true;
  }

  /** A string that is all of this chunk. */
  #followText(node: TSESTree.Node, split: TSESTree.CallExpression | null): void {
    const user = findUser(node);
    if (!user || !this.#isNew(node)) return;
    switch (user.type) {
      case 'MemberExpression':
        if (unwrap(user.object) === unwrap(node)) this.#followMethod(user, split);
        return;
      case 'CallExpression':
        return this.#followArgument(user, node, split);
      case 'TemplateLiteral':
        if (user.expressions.length === 1) this.#followText(user, split);
        return;
      case 'ConditionalExpression':
        if (unwrap(user.test) !== unwrap(node)) this.#followText(user, split);
        return;
      case 'LogicalExpression':
        if (user.operator !== '&&' || unwrap(user.right) === unwrap(node)) this.#followText(user, split);
        return;
      case 'VariableDeclarator':
        return this.#followName(user.id, (read) => this.#followText(read, split));
      case 'AssignmentExpression':
        if (unwrap(user.right) === unwrap(node)) this.#followAssignment(user, (read) => this.#followText(read, split));
        return;
      default:
    }
  }

  #followMethod(member: TSESTree.MemberExpression, split: TSESTree.CallExpression | null): void {
    const call = findUser(member);
    const name = findPropertyName(member) ?? '';
    if (call?.type !== 'CallExpression' || unwrap(call.callee) !== member) return;
    if (name === 'toString') this.#isDecoded = true;
    if (TEXT.test(name)) this.#followText(call, split);
    if (name === 'split' && this.#isLineEnd(call.arguments[0])) this.#followLines(call, call);
  }

  /** `split('\n')`, `split('\n\n')`, `split(/\r?\n/)`, `split('data: ')`. */
  #isLineEnd(separator: TSESTree.Node | undefined): boolean {
    const values = separator ? findValues(this.#source, separator) : [];
    return values.some(
      (value) =>
        value.type === 'Literal' && /\n|\\n|data:/.test('regex' in value ? value.regex.pattern : String(value.value)),
    );
  }

  #followArgument(call: TSESTree.CallExpression, argument: TSESTree.Node, split: TSESTree.CallExpression | null): void {
    const callee = unwrap(call.callee);
    const name =
      callee.type === 'MemberExpression'
        ? (findPropertyName(callee) ?? '')
        : callee.type === 'Identifier'
          ? callee.name
          : '';
    const isFirst = call.arguments[0] !== undefined && unwrap(call.arguments[0]) === unwrap(argument);
    if (!isFirst) return;
    if (isParse(callee, name)) {
      if (!this.#parses.has(call)) this.#parses.set(call, split);
    } else if (name === 'decode' || name === 'String') {
      this.#isDecoded = true;
      this.#followText(call, split);
    } else if (callee.type === 'MemberExpression' && name === 'from') {
      this.#followText(call, split);
    } else {
      for (const { params } of findValues(this.#source, call.callee).filter(isFunction)) {
        const parameter = params[0];
        if (parameter) this.#followName(parameter, (read) => this.#followText(read, split));
      }
    }
  }

  /** The pieces of this chunk. */
  #followLines(node: TSESTree.Node, split: TSESTree.CallExpression): void {
    const user = findUser(node);
    if (!user || !this.#isNew(node)) return;
    switch (user.type) {
      case 'MemberExpression':
        if (unwrap(user.object) === unwrap(node)) this.#followPiece(user, split);
        return;
      case 'ForOfStatement':
        if (user.right === node && user.left.type === 'VariableDeclaration')
          this.#followName(user.left.declarations[0].id, (read) => this.#followText(read, split));
        return;
      case 'VariableDeclarator':
        if (user.id.type !== 'Identifier') this.#isKept ||= user.id.type === 'ArrayPattern';
        return this.#followName(user.id, (read) => this.#followLines(read, split));
      case 'AssignmentExpression':
        if (unwrap(user.right) === unwrap(node)) this.#followAssignment(user, (read) => this.#followLines(read, split));
        return;
      default:
    }
  }

  #followPiece(member: TSESTree.MemberExpression, split: TSESTree.CallExpression): void {
    const name = findPropertyName(member);
    const call = findUser(member);
    if (member.computed && (name === null || /^\d+$/.test(name))) return this.#followText(member, split);
    if (name === null || call?.type !== 'CallExpression' || unwrap(call.callee) !== member) return;
    if (TAKES_LINE.test(name)) this.#isKept = true;
    const [callback] = EACH.test(name) ? call.arguments : [];
    for (const { params } of (callback ? findValues(this.#source, callback) : []).filter(isFunction)) {
      const parameter = params[name === 'reduce' ? 1 : 0];
      if (parameter) this.#followName(parameter, (read) => this.#followText(read, split));
    }
    if (SOME.test(name) || (name === 'map' && this.#isTextual(callback))) this.#followLines(call, split);
  }

  /** `(line) => line.replace(/^data: /, '').trim()` */
  #isTextual(callback: TSESTree.Node | undefined): boolean {
    if (!callback || !isFunction(callback) || callback.body.type === 'BlockStatement') return false;
    let value: TSESTree.Node = callback.body;
    while (
      value.type === 'CallExpression' &&
      value.callee.type === 'MemberExpression' &&
      TEXT.test(findPropertyName(value.callee) ?? '')
    )
      value = unwrap(value.callee.object);
    return value.type === 'Identifier';
  }

  #followName(name: TSESTree.Node, follow: (read: TSESTree.Node) => void): void {
    const variable = name.type === 'Identifier' ? findVariable(this.#source, name) : null;
    if (!variable) return;
    for (const reference of variable.references) if (reference.isRead()) follow(reference.identifier);
  }

  /** A name of this chunk's own is followed; one that outlives the chunk keeps it. */
  #followAssignment({ left, operator }: TSESTree.AssignmentExpression, follow: (read: TSESTree.Node) => void): void {
    const variable = left.type === 'Identifier' ? findVariable(this.#source, left) : null;
    if (variable && this.#isOfChunk(variable)) {
      if (operator === '=') this.#followName(left, follow);
      return;
    }
    this.#isKept ||= this.#isReadAgain(variable, left);
  }

  #isOfChunk({ defs }: Variable): boolean {
    return defs.some(({ name }) => isInBodies(this.#loop.site, name));
  }

  /**
   * What is but added to, chunk by chunk, is the answer; what is read again while chunks come is what was left over.
   */
  #isReadAgain(variable: Variable | null, left: TSESTree.Node): boolean {
    if (!variable) return left.type === 'MemberExpression';
    return variable.references.some(({ identifier }) => {
      if (!isInBodies(this.#loop.site, identifier)) return false;
      const { parent } = identifier;
      return (
        !(parent.type === 'AssignmentExpression' && parent.left === identifier) &&
        ![...ancestorsOf(identifier)].some(
          (outer) => outer.type === 'CallExpression' && isInside(identifier, outer) && isShown(outer),
        )
      );
    });
  }
}

/** `JSON.parse(line)`, `safeJsonParse(line)`. */
function isParse(callee: TSESTree.Node, name: string): boolean {
  if (name !== 'parse') return /^(?:\w*[pP]arse\w*J(?:SON|son)\w*|\w*(?:JSON|[jJ]son)\w*Parse\w*)$/.test(name);
  const object = callee.type === 'MemberExpression' ? unwrap(callee.object) : null;
  return object?.type === 'Identifier' && object.name === 'JSON';
}

/** `setText(text)`, `console.log(text)`: shows what there is so far. */
const isShown = ({ callee }: TSESTree.CallExpression): boolean => {
  const name =
    callee.type === 'Identifier'
      ? callee.name
      : callee.type === 'MemberExpression'
        ? (findPropertyName(callee) ?? '')
        : '';
  return /^(?:set[A-Z]\w*|log|debug|info|write|on[A-Z]\w*)$/.test(name);
};

const PARSES = /\bJSON\.parse\b|[pP]arse\w{0,40}J(?:SON|son)|(?:JSON|[jJ]son)\w{0,40}Parse/;

/** Whether a text can hold such a thing: a chunk that is text, and something that parses. */
export const mayHoldParse = (text: string): boolean => readByteSigns(text)?.makesText === true && PARSES.test(text);
