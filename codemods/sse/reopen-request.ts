import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { hasNode, isFunction, isInside, unwrap, visit } from '../../src/analysis/source/tree.ts';
import { findChangeObstacle, findEvaluationObstacle } from '../again/evaluated-again.ts';
import { type CodemodOptions, HELPER } from '../contract/codemod.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import { printProperty } from '../options/literals.ts';
import { readSite } from '../options/option-presence.ts';
import { placeSettings } from '../options/place-options.ts';
import { isObstacle, type Placement } from '../options/placement.ts';
import { listDeclaredOptions } from '../options/stated-limits.ts';
import { findFreeName, findLocalName } from '../text/imports.ts';
import { findLineStart, reindent } from '../text/layout.ts';
import { braced, findIndentation, findLineEnd, findStyle } from '../text/style.ts';
import { findNarrowingObstacle } from '../types/lost-narrowing.ts';

/** The request inside `resilientStream`. */
export interface ReopenedRequest {
  /** The variable that holds the helper's stream. */
  readonly name: string;
  readonly edits: readonly TextEdit[];
  readonly deferred: readonly TextEdit['range'][];
  readonly imports: readonly string[];
}

/** The loop over the lines of a response. */
interface ResponseLoop {
  readonly loop: TSESTree.Node;
  readonly response: TSESTree.Identifier;
  /** Statements that the rewrite removes. */
  readonly removed: readonly TSESTree.Node[];
  /** `reader` of `if (!reader)`, which the rewrite replaces by the response's body. */
  readonly tested: readonly TSESTree.Node[];
  /** `sse` or `ndjson`, under its name in the file. */
  readonly helper: string;
  /** The indentation of one level. */
  readonly unit: string;
}

/**
 * Puts the `fetch` and the tests of its response into `resilientStream`, where only the loop uses the response. Null
 * where something else uses it, or where the request cannot be made again.
 */
export function reopenRequest(
  source: ParsedSource,
  read: ResponseLoop,
  options: CodemodOptions,
): ReopenedRequest | null {
  const request = findRequest(source, read);
  const loop =
    request &&
    findStreamLoops(source, options.hints).find(
      ({ node, origin }) => node === read.loop && origin.call === request.call,
    );
  if (!request || !loop || loop.resilient || loop.alternatives.length > 0) return null;
  const { provider, api } = loop.origin;
  if (!api.signal || isSignalUsed(source, request)) return null;
  const site = readSite(source, request.call, provider, options);
  const placement = placeSettings(site, [{ place: api.signal, value: 'signal', becomes: 'signal' }]);
  if (isObstacle(placement)) return null;
  const obstacle =
    findEvaluationObstacle(source, request.call, placement.replaced) ??
    findChangeObstacle(source, request.call, read.loop) ??
    (site.isTyped ? findNarrowingObstacle(source, request.call, placement.replaced) : null);
  return obstacle ? null : printReopened(source, request, placement, loop, read, options);
}

/** `const response = await fetch(…)`, and the tests of the response that only throw. */
interface Request {
  readonly statement: TSESTree.VariableDeclaration;
  readonly declarator: TSESTree.VariableDeclarator;
  readonly call: TSESTree.CallExpression;
  readonly tests: readonly TSESTree.Statement[];
}

function findRequest(source: ParsedSource, read: ResponseLoop): Request | null {
  const { loop, response, removed } = read;
  const variable = findVariable(source, response);
  const declared = variable && readDeclaration(variable);
  const between = declared && listBetween(declared.statement, loop)?.filter((each) => !removed.includes(each));
  if (!variable || !declared || !between) return null;
  const tests = between.slice(0, between.findLastIndex((each) => isAbout(each, variable, read)) + 1);
  const others = between.slice(tests.length);
  if (!tests.every((each) => isThrowingTest(source, each))) return null;
  if (!others.every((each) => isPlainDeclaration(source, each))) return null;
  return isUsedElsewhere(variable, tests, read) ? null : { ...declared, tests };
}

/** `const response = await fetch(…);`, a statement with one variable. */
function readDeclaration({ defs }: Variable): Omit<Request, 'tests'> | null {
  const [def] = defs;
  const declarator = def?.node.type === 'VariableDeclarator' && def.node.id.type === 'Identifier' ? def.node : null;
  const call = declarator?.init?.type === 'AwaitExpression' ? declarator.init.argument : null;
  return declarator && call?.type === 'CallExpression' && declarator.parent.declarations.length === 1
    ? { statement: declarator.parent, declarator, call }
    : null;
}

/** The statements between the request and the loop (or its label); null where the two stand in different lists. */
function listBetween(request: TSESTree.VariableDeclaration, loop: TSESTree.Node): TSESTree.Statement[] | null {
  const { parent } = request;
  const list: readonly TSESTree.Node[] =
    parent.type === 'BlockStatement' || parent.type === 'Program' ? parent.body : [];
  const end = list.findIndex((each) => isInside(loop, each));
  if (end === -1 || (list[end] !== loop && list[end] !== loop.parent)) return null;
  return list.slice(list.indexOf(request) + 1, end) as TSESTree.Statement[];
}

const isAbout = (statement: TSESTree.Node, response: Variable, { tested }: ResponseLoop): boolean =>
  response.references.some(({ identifier }) => isInside(identifier, statement)) ||
  tested.some((node) => isInside(node, statement));

/** The response is used outside of the tests and the loop, or in the loop's body. */
function isUsedElsewhere(
  { references }: Variable,
  tests: readonly TSESTree.Node[],
  { loop, response, removed }: ResponseLoop,
): boolean {
  const body = loop.type === 'ForOfStatement' ? loop.body : loop;
  return references.some(
    ({ identifier, init }) =>
      isInside(identifier, body) ||
      (!init && identifier !== response && ![...tests, ...removed, loop].some((each) => isInside(identifier, each))),
  );
}

/** `if (!response.ok) throw …` */
const isThrowingTest = (source: ParsedSource, statement: TSESTree.Statement): boolean =>
  statement.type === 'IfStatement' &&
  statement.alternate === null &&
  endsByThrow(statement.consequent) &&
  !hasNode(statement, source.visitorKeys, ({ type }) =>
    /^(?:Return|Break|Continue)Statement$|^YieldExpression$|^AssignmentExpression$|^UpdateExpression$/.test(type),
  );

const endsByThrow = (statement: TSESTree.Statement): boolean =>
  (statement.type === 'BlockStatement' ? statement.body.at(-1) : statement)?.type === 'ThrowStatement';

/** `let text = ''` */
const isPlainDeclaration = (source: ParsedSource, statement: TSESTree.Statement): boolean =>
  statement.type === 'VariableDeclaration' &&
  !hasNode(statement, source.visitorKeys, ({ type }) => type === 'AwaitExpression' || type === 'YieldExpression');

/** The request, or a test, uses a variable `signal`, which the attempt's signal would hide. */
function isSignalUsed(source: ParsedSource, { call, tests }: Request): boolean {
  let isUsed = false;
  for (const root of [...call.arguments, ...tests]) {
    visit(root, source.visitorKeys, (node) => {
      const isOption =
        node.type === 'Property' &&
        node.key.type === 'Identifier' &&
        node.key.name === 'signal' &&
        node.parent === unwrap(call.arguments[1] ?? node);
      if (node.type === 'Identifier' && node.name === 'signal' && findVariable(source, node)) isUsed = true;
      return !isOption && !isFunction(node);
    });
  }
  return isUsed;
}

function printReopened(
  source: ParsedSource,
  { statement, declarator, call, tests }: Request,
  placement: Placement,
  loop: StreamLoop,
  { helper, unit }: ResponseLoop,
  options: CodemodOptions,
): ReopenedRequest {
  const { text } = source;
  const style = findStyle(source);
  const { newline, semicolon } = style;
  const name = findFreeName(source, 'stream');
  const declared = listDeclaredOptions(source, loop, loop.origin, placement.moved, options.timeouts).map((option) =>
    printProperty(option.name, option.value),
  );
  const tail = declared.length === 0 ? '' : `, ${braced(declared, style)}`;
  const head = `${name} = await ${findLocalName(source, HELPER, options)}(async (${braced(['signal'], style)}) => `;
  const last = tests.at(-1);
  if (!last) {
    const start: TextEdit = { range: [declarator.range[0], call.range[0]], text: `${head}${helper}(await ` };
    return {
      name,
      edits: [...placement.edits, start, insertAt(call.range[1], `)${tail})`)],
      deferred: [call.range],
      imports: [HELPER],
    };
  }
  const indentation = findIndentation(text, statement.range[0]);
  const line = newline + indentation;
  const end = findLineEnd(text, last.range[1]) ?? last.range[1];
  const response = (declarator.id as TSESTree.Identifier).name;
  const edits: TextEdit[] = [
    ...placement.edits,
    insertAt(statement.range[0], `const ${head}{${line}${unit}`),
    ...reindent(source, [findLineStart(source, statement.range[0]) + 1, end], indentation, indentation + unit),
    insertAt(end, `${line}${unit}return ${helper}(${response})${semicolon}${line}}${tail})${semicolon}`),
  ];
  return { name, edits, deferred: [[statement.range[0], last.range[1]]], imports: [HELPER] };
}
