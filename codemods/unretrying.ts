import { bodyOf, countReads, fieldsOf, findDifference, isFunction, isNamed, isNode, isType, listOf, nameOf, type Node, walk } from './babel.ts';
import type { CodemodOptions, Undone } from './codemod.ts';
import { restoreComments } from './dropped.ts';
import { findSelves, isOnlyCalled, type Self } from './selves.ts';
import { isCallOf } from './streams.ts';
import { findLocals, withoutAddedImports } from './taken.ts';
import { undoWrapping } from './unwrapping.ts';

/**
 * Puts the attempts back around the statements that they were taken from, and takes the options that stand for them out of the helper's
 * call, where the original counts, waits and asks so; what is left is a wrapped request.
 */
export function undoRetry(original: Node, rewritten: Node, options: CodemodOptions): Undone {
  const restorer = new Restorer(findLocals(rewritten, options.helper, 'resilientStream'), original, rewritten);
  const own = withoutAddedImports(original, rewritten, options.helper);
  const restored = restorer.restore(bodyOf(original), own) as Node[];
  const program = { ...(rewritten['program'] as Node), body: withImports(bodyOf(rewritten), own, restored) };
  const undone = undoWrapping(original, { ...rewritten, program }, options);
  if ('fault' in undone) return undone;
  return { tree: { ...undone.tree, comments: restoreComments(original, rewritten, restorer.gone) } };
}

/** The statements with the imports, which are in use and not for this to judge. */
function withImports(all: readonly Node[], own: readonly Node[], restored: readonly Node[]): Node[] {
  const whole = all.filter((statement) => !own.includes(statement));
  const extended = (statement: Node): Node => whole.find((other) => other['start'] === statement['start'] && other.type === statement.type && /^Import|^Variable/.test(other.type)) ?? statement;
  const added = whole.filter((statement) => !restored.some((other) => other['start'] === statement['start'] && other.type === statement.type));
  return [...added, ...restored.map(extended)];
}

/** What a function that called itself said of its attempts, as a node. */
const CALLS = 'Attempts';
const ROUNDS = /^(?:For|While|DoWhile)Statement$/;
const WAITS = /^(?:sleep|delay|wait|pause|sleepMs|delayMs|waitFor|backoff|setTimeout|Promise)$/i;

class Restorer {
  readonly gone: Node[] = [];
  /** Attempts whose log lines have been found at the helper's events. */
  readonly #told = new Set<Node>();
  readonly #helpers: readonly string[];
  readonly #selves: ReadonlyMap<Node, Self>;
  readonly #rewritten: Node;

  constructor(helpers: readonly string[], original: Node, rewritten: Node) {
    this.#helpers = helpers;
    this.#selves = findSelves(original);
    this.#rewritten = rewritten;
  }

  restore(before: unknown, after: unknown): unknown {
    if (Array.isArray(after)) {
      const old = Array.isArray(before) ? (before as unknown[]) : [];
      const restored = old.some((item) => isNode(item) && ROUNDS.test(item.type)) && after.every(isNode) ? this.#restoreList(old as Node[], after) : null;
      return restored ?? after.map((item, index) => this.restore(old[index], item));
    }
    if (!isNode(after) || !isNode(before)) return after;
    const called = isFunction(before) && before.type === after.type ? this.#restoreCalls(before, after) : null;
    if (called) return called;
    const copy: Node = { ...after };
    for (const field of fieldsOf(after)) copy[field] = this.restore(before[field], after[field]);
    return copy;
  }

  #restoreList(before: readonly Node[], after: readonly Node[]): Node[] | null {
    const restored: Node[] = [];
    const gone: Node[] = [];
    let at = 0;
    let hasRounds = false;
    for (const [index, old] of before.entries()) {
      const now = after[at];
      if (now && findDifference(old, now) === null) {
        restored.push(now);
        at += 1;
        continue;
      }
      const attempts = ROUNDS.test(old.type) && now?.type !== old.type ? findAttempts(old) : null;
      if (attempts) {
        const segment = after.slice(at, at + attempts.count);
        // What is counted may begin above the attempts.
        const said: Node = { ...old, counters: [...gone] };
        const around = segment.length === attempts.count ? attempts.put(segment.map((statement) => this.#withoutOptions(statement, said) as Node)) : null;
        if (!around || (attempts.logs > 0 && !this.#told.has(said))) return null;
        restored.push(around);
        gone.push(old);
        at += attempts.count;
        hasRounds = true;
      } else if (this.#isGone(old, before[index - 1])) {
        restored.push(old);
        gone.push(old);
      } else if (now) {
        restored.push(this.restore(old, now) as Node);
        at += 1;
      } else {
        return null;
      }
    }
    if (!hasRounds || at !== after.length) return null;
    this.gone.push(...gone);
    return restored;
  }

  /** A function that called itself to try again. */
  #restoreCalls(old: Node, now: Node): Node | null {
    const self = this.#selves.get(old);
    const attempts = self ? findCalls(old, self) : null;
    const [was, is] = [listOf((old['body'] as Node)['body']), listOf((now['body'] as Node)['body'])];
    if (!self || !attempts || is.length !== was.length - 1 + attempts.inside.length) return null;
    const [start, end] = [attempts.index, attempts.index + attempts.inside.length];
    if (findDifference(is[start], was[start]) === null) return null;
    const params = this.#restoreParameters(old, now, self);
    const tried = is.slice(start, end).map((statement) => this.#withoutOptions(statement, attempts.said) as Node);
    if (!params || (findLogs(attempts.guard['handler']).length > 0 && !this.#told.has(attempts.said))) return null;
    this.gone.push(attempts.guard, ...params.slice(listOf(now['params']).length));
    const block = { ...(attempts.guard['block'] as Node), body: tried };
    const body = [...is.slice(0, start), { ...attempts.guard, block }, ...is.slice(end)];
    return { ...now, params, body: { ...(now['body'] as Node), body } };
  }

  /** With those that only counted: nothing speaks of them any more, and nobody can have said them. */
  #restoreParameters(old: Node, now: Node, self: Self): Node[] | null {
    const [was, is] = [listOf(old['params']), listOf(now['params'])];
    if (is.length === was.length) return is;
    const dropped = was.slice(is.length);
    const isIdle = dropped.every((param) => countReads(now, findParameterName(param) ?? '') === 0);
    return isIdle && isOnlyCalled(this.#rewritten, self, is.length) ? [...is, ...dropped] : null;
  }

  /** `let attempt = 0`, `let lastError`, of which nothing speaks any more; `throw lastError` behind the attempts. */
  #isGone(statement: Node, previous: Node | undefined): boolean {
    if (isType(statement, 'ThrowStatement')) return previous !== undefined && findAttempts(previous) !== null;
    const [declarator, ...others] = isType(statement, 'VariableDeclaration') ? listOf(statement['declarations']) : [];
    const [id, init] = [declarator?.['id'], declarator?.['init']];
    const isPlain = !init || (isNode(init) && /^(?:NumericLiteral|NullLiteral|Identifier|(?:Member|OptionalMember|Logical)Expression)$/.test(init.type));
    return declarator !== undefined && others.length === 0 && isPlain && countReads(this.#rewritten['program'], nameOf(id)) === 0;
  }

  #withoutOptions(value: unknown, rounds: Node): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#withoutOptions(item, rounds));
    if (!isNode(value)) return value;
    const copy: Node = { ...value };
    for (const field of fieldsOf(value)) copy[field] = this.#withoutOptions(value[field], rounds);
    const [open, options, ...more] = isCallOf(copy, this.#helpers) ? listOf(copy['arguments']) : [];
    if (!open || !isType(options, 'ObjectExpression') || more.length > 0) return copy;
    const properties = listOf(options['properties']).filter((property) => {
      const isTold = nameOf(property['key']) === 'onEvent' && isToldOf(property['value'] as Node, rounds);
      if (isTold) this.#told.add(rounds);
      return !isTold && !isSaid(property, rounds);
    });
    return { ...copy, arguments: properties.length > 0 ? [open, { ...options, properties }] : [open] };
  }
}

// ── The attempts of the original ────────────────────────────────────────────────────────────────────────────────────

interface AttemptParts {
  /** Statements of an attempt that stand alone now. */
  readonly count: number;
  /** How many lines they log. */
  readonly logs: number;
  /** The attempts around others. */
  readonly put: (statements: readonly Node[]) => Node;
}

/** Null where what goes round does more than to try, to count, to wait and to throw the error. */
function findAttempts(rounds: Node): AttemptParts | null {
  const body = isType(rounds['body'], 'BlockStatement') ? rounds['body'] : null;
  const list = body ? listOf(body['body']) : [];
  const index = list.findIndex(({ type }) => type === 'TryStatement');
  const guard = list[index];
  if (!body || !guard || guard['finalizer'] || !isNode(guard['handler'])) return null;
  const before = list.slice(0, index);
  const kept = before.filter((statement) => !isCounting(statement));
  const block = guard['block'] as Node;
  const inside = listOf(block['body']);
  const last = inside.at(-1);
  const attempt = isType(last, 'BreakStatement') && !last['label'] ? inside.slice(0, -1) : inside;
  const rest = [...before.filter(isCounting), ...list.slice(index + 1), guard['handler'], rounds['init'], rounds['test'], rounds['update']];
  if (!rest.every((part) => !part || isAttempting(part as Node)) || !/^(?:Break|Return)Statement$/.test(last?.type ?? '')) return null;
  return {
    count: kept.length + attempt.length,
    logs: findLogs(guard['handler']).length,
    put(statements) {
      const own = [...statements];
      const lead = before.map((statement) => (isCounting(statement) ? statement : own.shift()!));
      const tried = [...own, ...inside.slice(attempt.length)];
      return { ...rounds, body: { ...body, body: [...lead, { ...guard, block: { ...block, body: tried } }, ...list.slice(index + 1)] } };
    },
  };
}

interface CallParts {
  /** The `try` and where it stands in the function. */
  readonly guard: Node;
  readonly index: number;
  readonly inside: readonly Node[];
  /** What says how often, when and of which errors: the handler, and the parameters that it counts by. */
  readonly said: Node;
}

/** Null where the handler does more than to count, to wait, to throw the error, and to call the function itself with what it got. */
function findCalls(fn: Node, self: Self): CallParts | null {
  const list = isType(fn['body'], 'BlockStatement') ? listOf(fn['body']['body']) : [];
  const isSelf = (node: Node): boolean => isType(node, 'CallExpression') && self.isCall(node);
  const index = list.findIndex((statement) => statement.type === 'TryStatement' && isNode(statement['handler']) && has(statement['handler'], isSelf));
  const guard = list[index];
  if (!guard || guard['finalizer']) return null;
  const params = listOf(fn['params']);
  const counting = new Set<Node>();
  let isSame = true;
  walk(guard['handler'], null, (node) => {
    if (!isSelf(node)) return;
    const given = listOf(node['arguments']);
    isSame &&= given.length === params.length && given.every((argument, at) => isNamed(argument, findParameterName(params[at]!) ?? '') || isReckoned(argument));
    for (const [at, argument] of given.entries()) if (!isNamed(argument, findParameterName(params[at]!) ?? '')) counting.add(params[at]!);
  });
  const isAgain = (node: Node): boolean => isSelf(node) || ((isType(node, 'AwaitExpression') || isType(node, 'YieldExpression')) && isSelf(node['argument'] as Node));
  if (!isSame || !isAttempting(guard['handler'] as Node, isAgain)) return null;
  return { guard, index, inside: listOf((guard['block'] as Node)['body']), said: { type: CALLS, params: [...counting], body: withoutHandedOn(guard['handler'], isSelf) } };
}

/** The handler, in which the function's calls of itself have only what they count. */
function withoutHandedOn(value: unknown, isSelf: (node: Node) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutHandedOn(item, isSelf));
  if (!isNode(value)) return value;
  if (isSelf(value)) return { ...value, arguments: listOf(value['arguments']).filter(({ type }) => type !== 'Identifier') };
  return { ...value, ...Object.fromEntries(fieldsOf(value).map((field) => [field, withoutHandedOn(value[field], isSelf)])) };
}

/** The name of a parameter that is but a name, with or without a default. */
function findParameterName(param: Node): string | null {
  const name = isType(param, 'AssignmentPattern') ? param['left'] : param;
  return isType(name, 'Identifier') ? nameOf(name) : null;
}

function has(root: unknown, is: (node: Node) => boolean): boolean {
  let isThere = false;
  walk(root, null, (node) => void (isThere ||= is(node)));
  return isThere;
}

/** `attempt + 1`, `true`, `Math.min(delay * 2, 5000)` */
function isReckoned(value: Node): boolean {
  return !has(value, (node) => {
    if (node.type === 'CallExpression') return !isNamed((node['callee'] as Node)['object'], 'Math');
    return !/^(?:Identifier|(?:Numeric|Boolean)Literal|(?:Binary|Unary|Update|Member|Conditional|Logical)Expression)$/.test(node.type);
  });
}

const isCounting = ({ expression }: Node): boolean => isType(expression, 'UpdateExpression') || (isType(expression, 'AssignmentExpression') && /^[+-]=$/.test(String(expression['operator'])) && isType(expression['right'], 'NumericLiteral'));

/** Calls are waits, sums and questions; what is thrown is a name. `isAgain`: the function's call of itself. */
function isAttempting(part: Node, isAgain: ((node: Node) => boolean) | null = null): boolean {
  let isPlain = true;
  const asked = new Set<unknown>();
  walk(part, null, (node) => {
    if (node.type === 'IfStatement') walk(node['test'], null, (inner) => asked.add(inner));
    if (isAgain && (isAgain(node) || (node.type === 'ReturnStatement' && (!node['argument'] || isAgain(node['argument'] as Node))))) return;
    if (/^(?:Yield|TaggedTemplate)Expression$|^(?:ForOf|ReturnStatement|TryStatement|Class|FunctionDeclaration)/.test(node.type)) isPlain = false;
    if (node.type === 'ThrowStatement' && !isType(node['argument'], 'Identifier')) isPlain = false;
    if (node.type === 'AssignmentExpression' && !isType(node['left'], 'Identifier')) isPlain = false;
    if (isLog(node)) walk(node, null, (inner) => asked.add(inner));
    if (!/^(?:Optional)?CallExpression$|^NewExpression$/.test(node.type) || asked.has(node)) return;
    const callee = node['callee'] as Node;
    const name = nameOf(callee['property'] ?? callee);
    const isSum = isNamed(callee['object'], 'Math');
    if (!isSum && !WAITS.test(name) && !/^(?:resolve|r|res|done)$/.test(name)) isPlain = false;
  });
  return isPlain;
}

/** `console.warn(…)`, `this.logger.info(…)` */
function isLog(node: Node): boolean {
  const callee = isType(node, 'CallExpression') ? node['callee'] : null;
  const object = isType(callee, 'MemberExpression') ? callee['object'] : null;
  return /^(?:console|log(?:ger)?)$/i.test(nameOf(isType(object, 'MemberExpression') ? object['property'] : object));
}

function findLogs(root: unknown): Node[] {
  const logs: Node[] = [];
  walk(root, null, (node) => void (isType(node, 'ExpressionStatement') && isLog(node['expression'] as Node) && logs.push(node['expression'] as Node)));
  return logs;
}

/** `(event) => { if (event.type === 'retry') console.warn('Attempt', event.attempt); }`: each line that the attempts logged, with its words, and no other. */
function isToldOf(value: Node, rounds: Node): boolean {
  const [param, ...others] = listOf(value['params']);
  const statements = isType(value['body'], 'BlockStatement') ? listOf(value['body']['body']) : [];
  if (value.type !== 'ArrowFunctionExpression' || !isType(param, 'Identifier') || others.length > 0) return false;
  const lines = statements.map((statement) => (isType(statement, 'IfStatement') && !statement['alternate'] && isType(statement['consequent'], 'ExpressionStatement') ? (statement['consequent']['expression'] as Node) : null));
  const words = findLogs(rounds['body']).map(findWords);
  return lines.length === words.length && lines.every((line, index) => line !== null && isLog(line) && findWords(line) === words[index]);
}

/** What a line says whatever its numbers: the logger, how many arguments it gets, and the text in them. */
function findWords(log: Node): string {
  const words: unknown[] = [listOf(log['arguments']).length];
  walk(log['callee'], null, (node) => words.push(nameOf(node)));
  walk(log['arguments'], null, (node) => {
    if (node.type === 'StringLiteral') words.push(node['value']);
    if (node.type === 'TemplateElement') words.push(node['value']);
  });
  return JSON.stringify(words);
}

/** The original's attempts say what an option says. */
function isSaid(property: Node, rounds: Node): boolean {
  const value = property['value'] as Node;
  switch (nameOf(property['key'])) {
    case 'maxRetries':
      return isCountOf(value, rounds);
    case 'backoff':
      return isType(value, 'ObjectExpression') && listOf(value['properties']).every((part) => ['initialMs', 'factor', 'maxMs'].includes(nameOf(part['key'])) && isAmount(part['value'] as Node, rounds));
    case 'isRetryable':
      return isQuestionOf(value, rounds);
    default:
      return false;
  }
}

const isAmount = (value: Node, rounds: Node): boolean => value.type === 'NumericLiteral' || mentions(rounds, value);

const isMax = (callee: unknown): boolean => isType(callee, 'MemberExpression') && isNamed(callee['object'], 'Math') && isNamed(callee['property'], 'max');

/** `2` where the original says 2 or 3; `LIMIT - 1` where it has that name, and `Math.max(LIMIT - 1, 0)`. */
function isCountOf(value: Node, rounds: Node): boolean {
  if (value.type === 'NumericLiteral') {
    const count = Number(value['value']);
    const numbers: number[] = [];
    walk(rounds, null, (node) => {
      if (node.type === 'NumericLiteral') numbers.push(Number(node['value']));
      // A flag is once.
      if (node.type === 'BooleanLiteral') numbers.push(1);
    });
    // Parameters may begin with something else than 0 or 1.
    const spans = rounds.type === CALLS ? numbers.flatMap((from) => numbers.map((to) => to - from)) : [];
    return [...numbers, ...spans].some((number) => Math.abs(number - count) <= 1);
  }
  const [most, ...least] = isType(value, 'CallExpression') && isMax(value['callee']) ? listOf(value['arguments']) : [];
  if (most) return least.length === 1 && isType(least[0], 'NumericLiteral') && least[0]['value'] === 0 && most.type !== value.type && isCountOf(most, rounds);
  const name = value.type === 'BinaryExpression' && isType(value['right'], 'NumericLiteral') ? (value['left'] as Node) : value;
  return mentions(rounds, name);
}

function mentions(root: Node, part: Node): boolean {
  let isThere = false;
  walk(root, null, (node) => {
    isThere ||= findDifference(node, part) === null;
  });
  return /^(?:Identifier|(?:Member|OptionalMember|Logical)Expression)$/.test(part.type) && isThere;
}

/** `(error) => isTransient(error)`, where the handler asks just that. */
function isQuestionOf(value: Node, rounds: Node): boolean {
  const [param, ...others] = listOf(value['params']);
  if (value.type !== 'ArrowFunctionExpression' || !param || others.length > 0 || !isNode(value['body'])) return false;
  const asked = value['body'];
  const opposite: Readonly<Record<string, string>> = { '===': '!==', '!==': '===', '==': '!=', '!=': '==' };
  const forms = [asked, ...(isType(asked, 'UnaryExpression') && asked['operator'] === '!' ? [asked['argument'] as Node] : []), { type: 'UnaryExpression', operator: '!', prefix: true, argument: asked }];
  if (isType(asked, 'BinaryExpression') && opposite[String(asked['operator'])]) forms.push({ ...asked, operator: opposite[String(asked['operator'])]! });
  let isThere = false;
  walk(rounds, null, (node) => {
    if (node.type === 'CatchClause') isThere ||= findDifference(node['param'], param) === null && hasTest(node, forms);
  });
  return isThere;
}

function hasTest(handler: Node, forms: readonly Node[]): boolean {
  let isThere = false;
  walk(handler, null, (node) => {
    if (node.type === 'IfStatement') walk(node['test'], null, (part) => void (isThere ||= forms.some((form) => findDifference(part, form) === null)));
  });
  return isThere;
}
