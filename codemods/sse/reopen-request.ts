import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { hasNode, isFunction, isInside, unwrap, visit } from '../../src/analysis/source/tree.ts';
import { type CodemodOptions, HELPER } from '../contract/codemod.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import { findChangeObstacle, findEvaluationObstacle } from '../again/evaluated-again.ts';
import { findFreeName, findLocalName } from '../text/imports.ts';
import { isTypeScript } from '../text/language.ts';
import { findLineStart, reindent } from '../text/layout.ts';
import { findNarrowingObstacle } from '../types/lost-narrowing.ts';
import { placeSettings } from '../options/place-options.ts';
import { isObstacle, type Placement } from '../options/placement.ts';
import { findStatedOptions } from '../options/stated-limits.ts';
import { findIndentation, findLineEnd, findStyle } from '../text/style.ts';

export interface Opened {
  /** Of the helper's stream. */
  readonly name: string;
  readonly edits: readonly TextEdit[];
  readonly imports: readonly string[];
}

interface Wanted {
  readonly loop: TSESTree.Node;
  readonly response: TSESTree.Identifier;
  readonly gone: readonly TSESTree.Node[];
  readonly asked: readonly TSESTree.Node[];
  /** `sse` or `ndjson`, as the file has it. */
  readonly helper: string;
  readonly unit: string;
}

/**
 * Puts a request by hand and the tests of its response into `resilientStream`, where the response is for the loop
 * alone; null where it is not, or where making the request again would not be the same.
 */
export function findOpening(source: ParsedSource, wanted: Wanted, options: CodemodOptions): Opened | null {
  const site = findSite(source, wanted);
  const fact =
    site &&
    findStreamLoops(source, options.hints).find(
      ({ node, origin }) => node === wanted.loop && origin.call === site.call,
    );
  if (!site || !fact || fact.resilient || fact.alternatives.length > 0) return null;
  const { provider, api } = fact.origin;
  const isTyped = isTypeScript(source, options);
  const name = findSignal(source, site);
  const placement =
    name === null || !api.signal
      ? null
      : placeSettings({ source, call: site.call, modules: provider.modules, isTyped }, [
          { place: api.signal, value: 'signal', becomes: 'signal' },
        ]);
  if (!placement || isObstacle(placement)) return null;
  const hindrance =
    findEvaluationObstacle(source, site.call, placement.replaced) ??
    findChangeObstacle(source, site.call, wanted.loop) ??
    (isTyped ? findNarrowingObstacle(source, site.call, placement.replaced) : null);
  return hindrance === null ? print(source, site, placement, fact, wanted, options) : null;
}

/** `const response = await fetch(…)`, and the statements that only throw where it is not as it should be. */
interface Site {
  readonly statement: TSESTree.VariableDeclaration;
  readonly declarator: TSESTree.VariableDeclarator;
  readonly call: TSESTree.CallExpression;
  readonly tests: readonly TSESTree.Statement[];
}

function findSite(source: ParsedSource, { loop, response, gone, asked }: Wanted): Site | null {
  const variable = findVariable(source, response);
  const [def] = variable?.defs ?? [];
  const declarator = def?.node.type === 'VariableDeclarator' && def.node.id.type === 'Identifier' ? def.node : null;
  const call = declarator?.init?.type === 'AwaitExpression' ? unwrap(declarator.init.argument) : null;
  const statement = declarator?.parent;
  if (
    !variable ||
    !declarator ||
    !statement ||
    statement.declarations.length > 1 ||
    call?.type !== 'CallExpression' ||
    call !== (declarator.init as TSESTree.AwaitExpression).argument
  )
    return null;
  const list = (
    statement.parent.type === 'BlockStatement' || statement.parent.type === 'Program' ? statement.parent.body : []
  ) as readonly TSESTree.Statement[];
  const end = list.findIndex((each) => isInside(loop, each));
  if (end === -1 || (list[end] !== loop && list[end] !== loop.parent)) return null;
  const between = list.slice(list.indexOf(statement) + 1, end).filter((each) => !gone.includes(each));
  const isAbout = (each: TSESTree.Node): boolean =>
    variable.references.some(({ identifier }) => isInside(identifier, each)) ||
    asked.some((node) => isInside(node, each));
  const tests = between.slice(0, between.findLastIndex(isAbout) + 1);
  const others = between.slice(tests.length);
  if (!tests.every((each) => isTest(source, each)) || !others.every((each) => isPlain(source, each))) return null;
  const elsewhere = variable.references.some(
    ({ identifier, init }) =>
      !init && identifier !== response && ![...tests, ...gone, loop].some((each) => isInside(identifier, each)),
  );
  // In the loop it is named as what is read, and there alone.
  const inLoop = loop.type === 'ForOfStatement' ? loop.body : loop;
  const inside = variable.references.some(({ identifier }) => isInside(identifier, inLoop));
  return elsewhere || inside ? null : { statement, declarator, call, tests };
}

/** `if (!response.ok) throw …` */
const isTest = (source: ParsedSource, statement: TSESTree.Statement): boolean =>
  statement.type === 'IfStatement' &&
  statement.alternate === null &&
  endsByThrow(statement.consequent) &&
  !hasNode(statement, source.visitorKeys, ({ type }) =>
    /^(?:Return|Break|Continue)Statement$|^YieldExpression$|^AssignmentExpression$|^UpdateExpression$/.test(type),
  );

const endsByThrow = (statement: TSESTree.Statement): boolean =>
  (statement.type === 'BlockStatement' ? statement.body.at(-1) : statement)?.type === 'ThrowStatement';

/** `let text = ''` */
const isPlain = (source: ParsedSource, statement: TSESTree.Statement): boolean =>
  statement.type === 'VariableDeclaration' &&
  !hasNode(statement, source.visitorKeys, ({ type }) => type === 'AwaitExpression' || type === 'YieldExpression');

/** Null where the request, or a test, has another variable of that name. */
function findSignal(source: ParsedSource, { call, tests }: Site): string | null {
  let isTaken = false;
  for (const root of [...call.arguments, ...tests]) {
    visit(root, source.visitorKeys, (node) => {
      const isOption =
        node.type === 'Property' &&
        node.key.type === 'Identifier' &&
        node.key.name === 'signal' &&
        node.parent === unwrap(call.arguments[1] ?? node);
      if (node.type === 'Identifier' && node.name === 'signal' && findVariable(source, node)) isTaken = true;
      return !isOption && !isFunction(node);
    });
  }
  return isTaken ? null : 'signal';
}

function print(
  source: ParsedSource,
  { statement, declarator, call, tests }: Site,
  placement: Placement,
  loop: StreamLoop,
  { helper, unit }: Wanted,
  options: CodemodOptions,
): Opened {
  const { text } = source;
  const { newline, padding, semicolon } = findStyle(source);
  const name = findFreeName(source, 'stream');
  const given = findStatedOptions(source, loop, loop.origin, placement.moved, options.timeouts).map(
    ({ name: option, value }) => (option === value ? option : `${option}: ${value}`),
  );
  const tail = given.length === 0 ? '' : `, {${padding}${given.join(', ')}${padding}}`;
  const head = `${name} = await ${findLocalName(source, HELPER, options)}(async ({${padding}signal${padding}}) => `;
  const last = tests.at(-1);
  const edits: TextEdit[] = [...placement.edits];
  if (!last) {
    edits.push(
      { range: [declarator.range[0], call.range[0]], text: `${head}${helper}(await ` },
      insertAt(call.range[1], `)${tail})`),
    );
    return { name, edits, imports: [HELPER] };
  }
  const indentation = findIndentation(text, statement.range[0]);
  const end = findLineEnd(text, last.range[1]) ?? last.range[1];
  const { id } = declarator;
  edits.push(
    insertAt(statement.range[0], `const ${head}{${newline}${indentation}${unit}`),
    ...reindent(source, [findLineStart(source, statement.range[0]) + 1, end], indentation, indentation + unit),
    insertAt(
      end,
      `${newline}${indentation}${unit}return ${helper}(${(id as TSESTree.Identifier).name})${semicolon}${newline}${indentation}}${tail})${semicolon}`,
    ),
  );
  return { name, edits, imports: [HELPER] };
}
