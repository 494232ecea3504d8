import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from './access-path.ts';
import { type AttemptFrame, findAgain } from './attempt-frame.ts';
import { findVariable } from './bindings.ts';
import type { RoundStatement } from './jumps.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findPropertyName, type FunctionNode, hasNode, isFunction, isInside, unwrap } from './tree.ts';
import { Stop } from './trial-values.ts';

/** What a hand-written retry does where each attempt fails. */
export interface AttemptTrial {
  readonly attempts: number;
  /** Milliseconds before the second attempt, the third, and so on. */
  readonly waits: readonly number[];
  /** The questions that it asks about the error. */
  readonly questions: ReadonlySet<TSESTree.Expression>;
  /** Numbers that nobody in the file says, as they are written. */
  readonly unknown: ReadonlySet<string>;
  /** Variables that are only there to count, and to keep the error. */
  readonly counters: ReadonlySet<Variable>;
  /** Log lines on the way. */
  readonly logs: readonly LogLine[];
  /** Behind the loop: what throws the error in the end. */
  readonly last: TSESTree.Statement | null;
  /** What it does that is more than to count, to wait and to throw the error in the end; null where it does nothing else. */
  readonly stopped: TSESTree.Node | null;
}

export interface LogLine {
  readonly statement: TSESTree.ExpressionStatement;
  /** For each time that it is written: behind how many attempts, and what the variables are then. */
  readonly runs: readonly { readonly attempt: number; readonly values: ReadonlyMap<Variable, unknown> }[];
}

/** What is presumed. */
export interface Presumed {
  /** The answer to every question about the error. */
  readonly answer: boolean;
  /** The value of each number that nobody says. */
  readonly number: number;
  /** What parameters begin with that have another value in each attempt, where that is not their default. */
  readonly starts: ReadonlyMap<Variable, number>;
}

const WAITS = /^(?:sleep|delay|wait|pause|setTimeout|sleepMs|delayMs|waitFor|backoff)$/i;
const MOST_ATTEMPTS = 60;
/** Rounds that never come to their attempt would go on for ever. */
const MOST_STATEMENTS = 4_000;

class Thrown extends Error {
  readonly value: unknown;
  readonly at: TSESTree.Node;
  constructor(value: unknown, at: TSESTree.Node) {
    super();
    this.value = value;
    this.at = at;
  }
}

/** The error of an attempt. */
const FAILURE = Symbol('failure');

/** Runs the attempts, each of which fails in the `try`, and what stands behind them. */
export const runAttempts = (source: ParsedSource, frame: AttemptFrame, presumed: Presumed): AttemptTrial => new Trial(source, frame, presumed).run();

type Completion = 'normal' | 'break' | 'continue' | 'again';

class Trial {
  readonly #source: ParsedSource;
  readonly #frame: AttemptFrame;
  readonly #presumed: Presumed;
  readonly #values = new Map<Variable, unknown>();
  readonly #waits: number[] = [];
  readonly #questions = new Set<TSESTree.Expression>();
  readonly #unknown = new Set<string>();
  readonly #counters = new Set<Variable>();
  readonly #logs = new Map<TSESTree.ExpressionStatement, LogLine['runs'][number][]>();
  /** Constants that are being worked out: one may be made of itself. */
  readonly #open = new Set<Variable>();
  #attempts = 0;
  #statements = 0;

  constructor(source: ParsedSource, frame: AttemptFrame, presumed: Presumed) {
    this.#source = source;
    this.#frame = frame;
    this.#presumed = presumed;
  }

  run(): AttemptTrial {
    const { node, next } = this.#frame;
    let stopped: TSESTree.Node | null;
    let last: TSESTree.Statement | null = null;
    try {
      if (isFunction(node)) this.#runCalls(node);
      else this.#runRounds(node);
      last = next;
      if (last) this.#runStatement(last);
      stopped = last ?? node;
    } catch (error) {
      if (error instanceof Thrown) stopped = error.value === FAILURE ? null : error.at;
      else if (error instanceof Stop) stopped = error.at;
      else throw error;
    }
    return { attempts: this.#attempts, waits: this.#waits, questions: this.#questions, unknown: this.#unknown, counters: this.#counters, logs: [...this.#logs].map(([statement, runs]) => ({ statement, runs })), last, stopped };
  }

  #runRounds(rounds: RoundStatement): void {
    if (rounds.type === 'ForOfStatement' || rounds.type === 'ForInStatement') throw new Stop(rounds);
    const init = rounds.type === 'ForStatement' ? rounds.init : null;
    if (init?.type === 'VariableDeclaration') this.#runStatement(init);
    else if (init) throw new Stop(init);
    for (let isFirst = true; ; isFirst = false) {
      if (!(rounds.type === 'DoWhileStatement' && isFirst) && rounds.test && !this.#evaluate(rounds.test)) return;
      if (this.#runList(rounds.body.type === 'BlockStatement' ? rounds.body.body : [rounds.body]) === 'break') return;
      if (rounds.type === 'ForStatement' && rounds.update) this.#evaluate(rounds.update);
    }
  }

  #runCalls({ body }: FunctionNode): void {
    for (const { name, variable, start } of this.#frame.counters) this.#bind(name, this.#presumed.starts.get(variable) ?? (start ? this.#evaluate(start) : undefined));
    while (body.type === 'BlockStatement' && this.#runList(body.body) === 'again');
  }

  /** The function's call of itself, with what its parameters are then. */
  #runAgain(statement: TSESTree.Statement): boolean {
    const { call } = findAgain(statement);
    if (!call || !this.#frame.calls.includes(call)) return false;
    const values = this.#frame.counters.map(({ index }) => this.#evaluate(call.arguments[index]!));
    for (const [index, { name }] of this.#frame.counters.entries()) this.#bind(name, values[index]);
    return true;
  }

  #runList(statements: readonly TSESTree.Statement[]): Completion {
    for (const statement of statements) {
      const completion = this.#runStatement(statement);
      if (completion !== 'normal') return completion;
    }
    return 'normal';
  }

  #runStatement(statement: TSESTree.Statement): Completion {
    if (++this.#statements > MOST_STATEMENTS) throw new Stop(statement);
    switch (statement.type) {
      case 'BlockStatement':
        return this.#runList(statement.body);
      case 'VariableDeclaration':
        for (const { id, init } of statement.declarations) this.#declare(id, init, statement);
        return 'normal';
      case 'ExpressionStatement':
        if (isLog(statement)) this.#logs.set(statement, [...(this.#logs.get(statement) ?? []), { attempt: this.#attempts, values: new Map(this.#values) }]);
        else if (this.#runAgain(statement)) return 'again';
        else this.#evaluate(statement.expression);
        return 'normal';
      case 'ReturnStatement':
        return this.#runAgain(statement) ? 'again' : this.#stop(statement);
      case 'IfStatement': {
        const branch = this.#evaluate(statement.test) ? statement.consequent : statement.alternate;
        return branch ? this.#runStatement(branch) : 'normal';
      }
      case 'ThrowStatement':
        throw new Thrown(this.#evaluate(statement.argument), statement);
      case 'BreakStatement':
      case 'ContinueStatement':
        if (statement.label) throw new Stop(statement);
        return statement.type === 'BreakStatement' ? 'break' : 'continue';
      case 'TryStatement':
        if (statement !== this.#frame.guard || ++this.#attempts > MOST_ATTEMPTS) throw new Stop(statement);
        if (this.#frame.guard.handler.param) this.#bind(this.#frame.guard.handler.param, FAILURE);
        return this.#runList(this.#frame.guard.handler.body.body);
      default:
        throw new Stop(statement);
    }
  }

  /** What stands before the attempt and is no number is the program's own. */
  #declare(id: TSESTree.Node, init: TSESTree.Expression | null, statement: TSESTree.Node): void {
    const isInGuard = statement.range[0] > this.#frame.guard.range[0] && statement.range[1] < this.#frame.guard.range[1];
    try {
      this.#bind(id, init ? this.#evaluate(init) : undefined);
    } catch (error) {
      if (!(error instanceof Stop) || isInGuard) throw error;
    }
  }

  // ── Numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #evaluate(expression: TSESTree.Node): unknown {
    const node = unwrap(expression);
    switch (node.type) {
      case 'Literal':
        return node.value;
      case 'Identifier':
        return node.name === 'undefined' ? undefined : this.#look(node);
      case 'AwaitExpression':
        return this.#wait(unwrap(node.argument));
      case 'CallExpression':
        return this.#isQuestion(node) ? this.#ask(node) : this.#compute(node);
      case 'MemberExpression':
        return this.#isQuestion(node) ? this.#ask(node) : this.#presume(node);
      case 'UnaryExpression':
        if (node.operator === '!') return !this.#evaluate(node.argument);
        return node.operator === '-' ? -this.#number(node.argument) : this.#stop(node);
      case 'BinaryExpression':
        return this.#isQuestion(node) ? this.#ask(node) : this.#reckon(node);
      case 'LogicalExpression': {
        // One question of many parts, where all are about the error.
        if (this.#isQuestion(node.left) && this.#isQuestion(node.right)) return this.#ask(node);
        const known = new Set(this.#unknown);
        const left = this.#evaluate(node.left);
        // `options.retries ?? 3` is one number that nobody says, and `options.retries` none.
        if (node.operator !== '&&' && this.#unknown.size > known.size) return this.#presume(node, known);
        const goesOn = node.operator === '&&' ? left : node.operator === '||' ? !left : left === null || left === undefined;
        return goesOn ? this.#evaluate(node.right) : left;
      }
      case 'ConditionalExpression':
        return this.#evaluate(this.#evaluate(node.test) ? node.consequent : node.alternate);
      case 'AssignmentExpression': {
        const { operator, left } = node;
        const value = operator === '=' ? this.#evaluate(node.right) : this.#apply(operator.slice(0, -1), this.#number(left), this.#number(node.right), node);
        this.#bind(left, value);
        return value;
      }
      case 'UpdateExpression': {
        const before = this.#number(node.argument);
        const after = before + (node.operator === '++' ? 1 : -1);
        this.#bind(node.argument, after);
        return node.prefix ? after : before;
      }
      default:
        throw new Stop(node);
    }
  }

  #stop(at: TSESTree.Node): never {
    throw new Stop(at);
  }

  #number(node: TSESTree.Node): number {
    const value = this.#evaluate(node);
    return typeof value === 'number' ? value : this.#stop(node);
  }

  #reckon(node: TSESTree.BinaryExpression): unknown {
    const [left, right] = [this.#evaluate(node.left), this.#evaluate(node.right)];
    // What nobody has said is neither more nor less.
    if ((left === undefined || right === undefined) && /^[<>]/.test(node.operator)) return false;
    if (typeof left !== 'number' || typeof right !== 'number') throw new Stop(node);
    return this.#apply(node.operator, left, right, node);
  }

  #apply(operator: string, left: number, right: number, at: TSESTree.Node): unknown {
    switch (operator) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        return left / right;
      case '**':
        return left ** right;
      case '<<':
        return left << right;
      case '<':
        return left < right;
      case '<=':
        return left <= right;
      case '>':
        return left > right;
      case '>=':
        return left >= right;
      case '==':
      case '===':
        return left === right;
      case '!=':
      case '!==':
        return left !== right;
      default:
        throw new Stop(at);
    }
  }

  /** `Math.min(…)`; what chance adds is left out. */
  #compute(call: TSESTree.CallExpression): unknown {
    const callee = unwrap(call.callee);
    const name = callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'Math' ? findPropertyName(callee) : null;
    if (name === 'random') return 0;
    if (!/^(?:min|max|pow|floor|ceil|round)$/.test(name ?? '')) throw new Stop(call);
    return (Math as unknown as Record<string, (...values: number[]) => number>)[name!]!(...call.arguments.map((argument) => this.#number(argument)));
  }

  /** `await sleep(ms)`, `await new Promise((resolve) => setTimeout(resolve, ms))` */
  #wait(value: TSESTree.Node): undefined {
    if (value.type !== 'CallExpression' && value.type !== 'NewExpression') throw new Stop(value);
    const duration = value.type === 'NewExpression' ? findTimer(value) : this.#findSlept(value);
    if (!duration) throw new Stop(value);
    this.#waits.push(this.#number(duration));
    return undefined;
  }

  #findSlept(call: TSESTree.CallExpression): TSESTree.Node | null {
    const callee = unwrap(call.callee);
    const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? (findPropertyName(callee) ?? '') : '';
    const [duration, ...others] = call.arguments;
    if (!WAITS.test(name) || !duration || others.length > 0) return null;
    const [fn] = findValues(this.#source, call.callee).filter(isFunction);
    // A function of this file may wait as long as it likes.
    const [param] = fn?.params ?? [];
    const isPlain = !fn || (param?.type === 'Identifier' && new RegExp(String.raw`setTimeout\(\s*[\w.]+\s*,\s*${param.name.replaceAll('$', String.raw`\$`)}\s*\)`).test(this.#source.text.slice(...fn.body.range)));
    return isPlain ? duration : null;
  }

  // ── The error ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #isQuestion(node: TSESTree.Node): boolean {
    const { param } = this.#frame.guard.handler;
    const error = param ? findVariable(this.#source, param) : null;
    const isNamed = (inner: TSESTree.Node): boolean => inner.type === 'Identifier' && error !== null && findVariable(this.#source, inner) === error;
    // What waits as long as the error says is no question.
    return hasNode(node, this.#source.visitorKeys, isNamed) && !hasNode(node, this.#source.visitorKeys, ({ type }) => type === 'AwaitExpression' || type === 'LogicalExpression') ? true : isLogicalQuestion(node, (part) => this.#isQuestion(part));
  }

  #ask(node: TSESTree.Expression): boolean {
    this.#questions.add(node);
    return this.#presumed.answer;
  }

  // ── Variables ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #bind(target: TSESTree.Node, value: unknown): void {
    const variable = target.type === 'Identifier' ? findVariable(this.#source, target) : null;
    if (!variable) throw new Stop(target);
    this.#counters.add(variable);
    this.#values.set(variable, value);
  }

  #look(name: TSESTree.Identifier): unknown {
    const variable = findVariable(this.#source, name);
    // What an attempt has done before it failed, nobody knows: `if (started) throw error`.
    const isOfAttempt = variable?.references.some((reference) => reference.isWrite() && isInside(reference.identifier, this.#frame.guard.block));
    if (!variable || isOfAttempt || this.#open.has(variable)) throw new Stop(name);
    if (this.#values.has(variable)) return this.#values.get(variable);
    const [def, ...others] = variable.defs;
    const declarator = def?.node.type === 'VariableDeclarator' && def.node.id.type === 'Identifier' && others.length === 0 ? def.node : null;
    if (!declarator?.init && declarator?.parent.kind !== 'let') return this.#presume(name);
    const writes = variable.references.filter((reference) => reference.isWrite() && !reference.init).map(({ identifier }) => identifier);
    const isCounter = writes.some((write) => isInside(write, this.#frame.node));
    if (writes.length > 0 && !isCounter) return this.#presume(name);
    this.#open.add(variable);
    const value = declarator.init ? this.#evaluate(declarator.init) : undefined;
    this.#open.delete(variable);
    if (isCounter) this.#bind(name, value);
    return value;
  }

  /** `known`: what else nobody says; what has come to it is a part of this. */
  #presume(node: TSESTree.Identifier | TSESTree.MemberExpression | TSESTree.LogicalExpression, known: ReadonlySet<string> = this.#unknown): number {
    for (const text of [...this.#unknown]) if (!known.has(text)) this.#unknown.delete(text);
    this.#unknown.add(this.#source.text.slice(...node.range));
    return this.#presumed.number;
  }
}

const isLogicalQuestion = (node: TSESTree.Node, isQuestion: (node: TSESTree.Node) => boolean): boolean => node.type === 'LogicalExpression' && isQuestion(node.left) && isQuestion(node.right);

/** `ms` of `new Promise((resolve) => setTimeout(resolve, ms))` */
function findTimer({ callee, arguments: [executor] }: TSESTree.NewExpression): TSESTree.Node | null {
  if (callee.type !== 'Identifier' || callee.name !== 'Promise' || !executor || !isFunction(executor)) return null;
  const { body } = executor;
  const [first, ...others] = body.type === 'BlockStatement' ? body.body : [];
  const call = body.type === 'BlockStatement' ? (first?.type === 'ExpressionStatement' && others.length === 0 ? first.expression : null) : body;
  const isTimer = call?.type === 'CallExpression' && call.callee.type === 'Identifier' && call.callee.name === 'setTimeout' && call.arguments.length === 2;
  return isTimer ? call.arguments[1]! : null;
}

/** `console.warn(…)`, `logger.info(…)` */
const isLog = ({ expression }: TSESTree.ExpressionStatement): boolean => {
  const callee = expression.type === 'CallExpression' ? unwrap(expression.callee) : null;
  return callee?.type === 'MemberExpression' && /^(?:console|log(?:ger)?)$/i.test(callee.object.type === 'Identifier' ? callee.object.name : callee.object.type === 'MemberExpression' ? (findPropertyName(callee.object) ?? '') : '');
};
