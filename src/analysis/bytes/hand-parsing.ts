import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../source/bindings.ts';
import { findByteLoops } from './byte-loops.ts';
import { indexOf } from '../source/file-index.ts';
import { findSites } from '../loops/find-sites.ts';
import { followersOf } from '../source/jumps.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { ancestorsOf, findPropertyName, hasNode, isFunction, isInside, unwrap, visit } from '../source/tree.ts';
import { runOnPieces, type TrialRun } from './run-parsing.ts';

type Loop = TSESTree.ForOfStatement | TSESTree.WhileStatement | TSESTree.DoWhileStatement | TSESTree.ForStatement;

/**
 * A loop that makes JSON of the pieces of a body by itself, and what it does with each. Told by running it on pieces.
 */
export interface HandParsing {
  readonly loop: Loop;
  /** 'both': lines are read with and without `data:`. */
  readonly format: 'sse' | 'ndjson' | 'both';
  /** What is read, as the program has it: `response.body`. */
  readonly stream: TSESTree.Expression;
  readonly parse: TSESTree.CallExpression;
  /** The statement that the parse is in, and those that go with it, each time the same. */
  readonly jsonUse: JsonUse;
  /** Statements behind the loop that are about the rest of the body. */
  readonly tail: readonly TSESTree.Statement[];
  /** What is done there with the last JSON; null where nothing is. */
  readonly tailJsonUse: JsonUse | null;
  /** Reader, decoder, buffer, flags. */
  readonly tools: readonly Variable[];
  /** By which the loop leaves its function at the end of the answer. */
  readonly returns: readonly TSESTree.ReturnStatement[];
  /** What is passed over in silence, and would not be any more. */
  readonly skips: 'malformed' | 'named' | null;
}

/** How the parsed JSON gets into the program's hands. */
export interface JsonUse {
  readonly parse: TSESTree.CallExpression;
  readonly statement: TSESTree.Statement;
  /** What it is put into, where the statement does nothing else; null where it is used at once. */
  readonly target: TSESTree.DestructuringPattern | null;
  /** The handler around it, with what stands in its block. */
  readonly guard: TSESTree.TryStatement | null;
  /** The program's own statements: behind the parse inside of the guard, and behind the guard. */
  readonly guarded: readonly TSESTree.Statement[];
  readonly rest: readonly TSESTree.Statement[];
}

/** Why it is not known what a loop makes of a body. */
export interface UnclearParsing {
  readonly loop: Loop;
  /** What it does beside parsing; null where it does not come out as it should. */
  readonly at: TSESTree.Node | null;
}

const done = 'data: [DONE]\n\n';
const chunks = (...numbers: readonly number[]): string => numbers.map((number) => `data: {"n":${number}}\n\n`).join('');
const lines = (...numbers: readonly number[]): string => numbers.map((number) => `{"n":${number}}\n`).join('');

export function findHandParsings(source: ParsedSource): (HandParsing | UnclearParsing)[] {
  const ofBytes = new Set(findByteLoops(source).map(({ site }) => site.node));
  return findSites(source).flatMap(({ form, node, stream }) => {
    if (
      (form !== 'reader' && form !== 'for-await') ||
      !isLoop(node) ||
      !indexOf(source).jsonParses.some((call) => isInside(call, node))
    )
      return [];
    const parsing = describeParsing(source, node, stream as TSESTree.Expression);
    // What is iterated may be messages, of which nothing is to be said.
    return isUnclear(parsing) && !ofBytes.has(node) ? [] : [parsing];
  });
}

export const isUnclear = (parsing: HandParsing | UnclearParsing): parsing is UnclearParsing => !('parse' in parsing);

const isLoop = (node: TSESTree.Node): node is Loop => /^(?:ForOf|While|DoWhile|For)Statement$/.test(node.type);

/** Runs of one loop on pieces of a body. */
interface Trials {
  readonly source: ParsedSource;
  readonly loop: Loop;
  /** The loop, with its label. */
  readonly statement: TSESTree.Statement;
  readonly run: (...pieces: readonly string[]) => TrialRun;
}

function toTrials(source: ParsedSource, loop: Loop): Trials {
  const statement = loop.parent.type === 'LabeledStatement' ? loop.parent : loop;
  return { source, loop, statement, run: (...pieces) => runOnPieces(source, statement, [], pieces) };
}

function describeParsing(source: ParsedSource, loop: Loop, stream: TSESTree.Expression): HandParsing | UnclearParsing {
  const trials = toTrials(source, loop);
  const known = findFormat(trials);
  if (!('format' in known)) return known;
  const { format, whole } = known;
  const ends = format === 'sse' && trials.run(chunks(1), done).stopped === null ? [done] : [];
  const quiet = format === 'sse' ? trials.run(': ping\n\n', chunks(1), ...ends) : whole;
  const named = format === 'sse' ? trials.run(`event: m\n${chunks(1)}`, `id: 7\n${chunks(2)}`, ...ends) : null;
  for (const each of [quiet, named]) if (each && each.stopped !== null) return { loop, at: findWork(each) };
  const jsonUse = findOnlyJsonUse(trials, whole);
  if ('at' in jsonUse) return jsonUse;
  const rest = runToTail(trials, format, whole.tools);
  if ('at' in rest) return rest;
  const { tail, last, short } = rest;
  const tailCall = last.parses.map(({ call }) => call).find((call) => call !== jsonUse.parse);
  return {
    loop,
    format,
    stream,
    parse: jsonUse.parse,
    jsonUse,
    tail,
    tailJsonUse: tailCall ? findJsonUse(source, tailCall, tail.find((each) => isInside(tailCall, each)) ?? loop) : null,
    tools: [...new Set([whole, last, quiet].flatMap(({ tools }) => [...tools]))],
    returns: [...new Set([whole, short].flatMap(({ left }) => left ?? []))],
    skips: findSkipped(trials, format, named, ends),
  };
}

/** The format that the loop reads, and its run on a whole body of that format. */
function findFormat({
  loop,
  run,
}: Trials): { readonly format: HandParsing['format']; readonly whole: TrialRun } | UnclearParsing {
  const sse = firstSound([run(chunks(1), chunks(2, 3), done), run(chunks(1), chunks(2, 3))]);
  const ndjson = run(lines(1), lines(2, 3));
  const readsLines = isRead(ndjson, 1, 2, 3);
  if (isRead(sse, 1, 2, 3)) return { format: readsLines ? 'both' : 'sse', whole: sse };
  if (!readsLines) return { loop, at: findWork(sse) ?? findWork(ndjson) };
  // It reads the first of the events too, and fails at a later one.
  return sse.parses.some(({ text }) => text === '{"n":1}') ? { loop, at: null } : { format: 'ndjson', whole: ndjson };
}

/** How the JSON gets into the program's hands, where there is one place for that in the loop. */
function findOnlyJsonUse({ source, loop }: Trials, { parses }: TrialRun): JsonUse | UnclearParsing {
  const [parse, ...others] = new Set(parses.filter(({ text }) => text !== '[DONE]').map(({ call }) => call));
  const taking = parse && others.length === 0 ? findJsonUse(source, parse, loop) : null;
  return taking ?? { loop, at: others[0] ?? null };
}

interface Tail {
  readonly tail: readonly TSESTree.Statement[];
  /** A run, with the tail, on a body whose last line has no end. */
  readonly last: TrialRun;
  /** A run, with the tail, on a body of one chunk. */
  readonly short: TrialRun;
}

function runToTail(
  { source, loop, statement }: Trials,
  format: string,
  tools: ReadonlySet<Variable>,
): Tail | UnclearParsing {
  const tail = findTail(source, statement, tools);
  const print = format === 'sse' ? chunks : lines;
  const last = runOnPieces(source, statement, tail, [print(1), print(2).trimEnd()]);
  const short = runOnPieces(source, statement, tail, [print(1)]);
  const unclear = [last, short].find(({ stopped }) => stopped !== null);
  return unclear ? { loop, at: findWork(unclear) } : { tail, last, short };
}

function findSkipped(
  { run }: Trials,
  format: HandParsing['format'],
  named: TrialRun | null,
  ends: readonly string[],
): HandParsing['skips'] {
  if (skipsMalformed(format, run, ends)) return 'malformed';
  return named && !isRead(named, 1, 2) ? 'named' : null;
}

/** What is no JSON does not end the loop. */
function skipsMalformed(
  format: HandParsing['format'],
  run: (...pieces: readonly string[]) => TrialRun,
  ends: readonly string[],
): boolean {
  const { stopped } = format === 'ndjson' ? run('oops\n', lines(1)) : run('data: oops\n\n', chunks(1), ...ends);
  return !(stopped === 'syntax' || stopped?.type === 'ThrowStatement');
}

const isRead = ({ stopped, parses }: TrialRun, ...numbers: readonly number[]): boolean =>
  stopped === null &&
  parses
    .filter(({ text }) => text !== '[DONE]')
    .map(({ text }) => text)
    .join() === numbers.map((number) => `{"n":${number}}`).join();

const firstSound = (runs: readonly TrialRun[]): TrialRun => runs.find(({ stopped }) => stopped === null) ?? runs[0]!;
const findWork = ({ stopped }: TrialRun): TSESTree.Node | null => (stopped === 'syntax' ? null : stopped);

/** The statements behind the loop, in its block, that have to do with its tools. */
function findTail(source: ParsedSource, loop: TSESTree.Statement, tools: ReadonlySet<Variable>): TSESTree.Statement[] {
  const { parent } = loop;
  const outer = parent.type === 'BlockStatement' ? parent.parent : parent;
  const followers = followersOf(loop, outer).filter((statement) => statement.parent === parent);
  const end = followers.findIndex((statement) => !mentions(source, statement, tools));
  return end === -1 ? followers : followers.slice(0, end);
}

/** Code below `root`, but for what is in `aside`, names one of the variables. */
export function mentions(
  source: ParsedSource,
  root: TSESTree.Node,
  variables: ReadonlySet<Variable>,
  aside: TSESTree.Node | null = null,
): boolean {
  let found = false;
  visit(root, source.visitorKeys, (node) => {
    if (node === aside) return false;
    if (node.type === 'Identifier' && variables.has(findVariable(source, node)!)) found = true;
    return !found;
  });
  return found;
}

// ── What is done with the JSON ──────────────────────────────────────────────────────────────────────────────────────

function findJsonUse(source: ParsedSource, parse: TSESTree.CallExpression, outer: TSESTree.Node): JsonUse | null {
  const statement = findSimpleStatement(parse, outer);
  if (!statement || hasNode(statement, source.visitorKeys, (node) => node !== parse && isJsonParse(node))) return null;
  const list = listOf(statement);
  const block = statement.parent;
  const guard =
    block?.type === 'BlockStatement' && block.parent.type === 'TryStatement' && block.parent.block === block
      ? block.parent
      : null;
  const target = findAssignedPattern(statement, parse);
  if (!guard) return { parse, statement, target, guard, guarded: [], rest: behind(list, statement) };
  const guarded = behind(list, statement);
  return { parse, statement, target, guard, guarded, rest: guarded.length > 0 ? [] : behind(listOf(guard), guard) };
}

const isJsonParse = (node: TSESTree.Node): boolean =>
  node.type === 'CallExpression' &&
  node.callee.type === 'MemberExpression' &&
  node.callee.object.type === 'Identifier' &&
  node.callee.object.name === 'JSON' &&
  findPropertyName(node.callee) === 'parse';

function findSimpleStatement(node: TSESTree.Node, outer: TSESTree.Node): TSESTree.Statement | null {
  for (const each of ancestorsOf(node)) {
    if (each === outer || isFunction(each)) return null;
    if (/Statement$|^VariableDeclaration$/.test(each.type))
      return each.type === 'BlockStatement' ? null : (each as TSESTree.Statement);
  }
  return null;
}

const listOf = ({ parent }: TSESTree.Node): readonly TSESTree.Statement[] =>
  parent?.type === 'BlockStatement' || parent?.type === 'Program' ? parent.body : [];
const behind = (list: readonly TSESTree.Statement[], statement: TSESTree.Statement): readonly TSESTree.Statement[] =>
  list.includes(statement) ? list.slice(list.indexOf(statement) + 1) : [];

/** `const data = JSON.parse(…)`, `data = JSON.parse(…) as Chunk` */
function findAssignedPattern(
  statement: TSESTree.Statement,
  parse: TSESTree.CallExpression,
): TSESTree.DestructuringPattern | null {
  if (statement.type === 'VariableDeclaration') {
    const [declarator, ...others] = statement.declarations;
    return others.length === 0 && declarator.init && unwrap(declarator.init) === parse ? declarator.id : null;
  }
  const assignment =
    statement.type === 'ExpressionStatement' && statement.expression.type === 'AssignmentExpression'
      ? statement.expression
      : null;
  return assignment?.operator === '=' && unwrap(assignment.right) === parse && assignment.left.type === 'Identifier'
    ? assignment.left
    : null;
}
