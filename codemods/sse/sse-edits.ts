import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths } from '../../src/analysis/values/access-path.ts';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { HandParsing, JsonUse } from '../../src/analysis/bytes/hand-parsing.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName, isInside, unwrap } from '../../src/analysis/source/tree.ts';
import type { CodemodOptions, Rewrite } from '../contract/codemod.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import { findFreeName, findImportEdits, findLocalName } from '../text/imports.ts';
import { isTypeScript } from '../text/language.ts';
import { findLineStart, reindent, removeStatements } from '../text/layout.ts';
import type { ToolPlaces } from './sse-obstacles.ts';
import { reopenRequest } from './reopen-request.ts';
import { findIndentation, findLineEnd, findStyle } from '../text/style.ts';

/** The edits that replace a loop over a body by one over `sse(response)` or `ndjson(response)`. */
export function printParsing(
  source: ParsedSource,
  parsing: HandParsing,
  places: ToolPlaces,
  usedNames: Map<string, number>,
  options: CodemodOptions,
): Pick<Rewrite, 'edits' | 'deferred' | 'imports'> {
  const { loop, format, jsonUse } = parsing;
  const { removed, tested, stream } = places;
  const { text } = source;
  const emptied = findEmptied(removed);
  const outer = emptied && isUnwrapped(emptied) ? emptied : null;
  const indentation = findIndentation(text, (outer ?? loop).range[0]);
  const unit = readUnit(source, loop);
  const name = jsonUse.target ? text.slice(...withoutType(jsonUse.target)) : findFreeName(source, 'chunk', usedNames);
  const type = isTypeScript(source, options) ? `<${printChunkType(source, jsonUse)}>` : '';
  const helper = findLocalName(source, format, options) + type;
  const response = findResponse(source, stream);
  const reopened =
    response && !outer ? reopenRequest(source, { loop, response, removed, tested, helper, unit }, options) : null;
  const iterated = reopened ? reopened.name : `${helper}(${text.slice(...(response ?? stream).range)})`;
  const head = `for await (${chooseKind(source, jsonUse)} ${name} of ${iterated}) {`;
  const edits: TextEdit[] = [
    ...printLoop(source, parsing, head, name, indentation, unit),
    ...removeStatements(
      source,
      removed.filter((node) => !(emptied && isInside(node, emptied.finalizer!))),
    ),
    ...tested.map(({ range }) => ({ range, text: text.slice(...stream.range) })),
    ...(emptied ? removeFinally(source, emptied, loop, removed) : []),
    ...(reopened?.edits ?? []),
  ];
  const imports = [format, ...(reopened ? reopened.imports : [])];
  return {
    edits: [...findImportEdits(source, imports, options), ...edits],
    deferred: reopened?.deferred ?? [],
    imports,
  };
}

/** The new head, the kept statements, the closing brace. */
function printLoop(
  source: ParsedSource,
  { loop, jsonUse }: HandParsing,
  head: string,
  name: string,
  indentation: string,
  unit: string,
): TextEdit[] {
  const { newline } = findStyle(source);
  const inner = findInnerRange(source, jsonUse);
  const isEmpty = source.text.slice(...inner).trim() === '';
  return [
    { range: [loop.range[0], inner[0]], text: head + (isEmpty ? '' : newline) },
    ...printKept(source, jsonUse, inner, indentation + unit, name),
    { range: [inner[1], loop.range[1]], text: isEmpty ? '}' : `${newline}${indentation}}` },
  ];
}

/** How the chunk's variable is declared. */
function chooseKind(source: ParsedSource, { statement, target }: JsonUse): string {
  if (statement.type === 'VariableDeclaration') return statement.kind;
  return isConstant(source, target) ? 'const' : 'let';
}

const withoutType = (target: TSESTree.DestructuringPattern): readonly [number, number] => [
  target.range[0],
  'typeAnnotation' in target && target.typeAnnotation ? target.typeAnnotation.range[0] : target.range[1],
];

function isConstant(source: ParsedSource, target: TSESTree.Node | null): boolean {
  const variable = target ? findVariable(source, target) : null;
  return !variable || variable.references.filter((reference) => reference.isWrite()).length <= 1;
}

/** The type that the program declares for its JSON. */
function printChunkType({ text }: ParsedSource, { parse, target }: JsonUse): string {
  const annotation = target && 'typeAnnotation' in target ? target.typeAnnotation?.typeAnnotation : undefined;
  const cast = target && parse.parent.type === 'TSAsExpression' ? parse.parent.typeAnnotation : undefined;
  const type = annotation ?? cast;
  return type ? text.slice(...type.range) : 'any';
}

/** The indentation of one level in the loop. */
function readUnit(
  { text }: ParsedSource,
  {
    body,
    range,
  }: TSESTree.ForOfStatement | TSESTree.WhileStatement | TSESTree.DoWhileStatement | TSESTree.ForStatement,
): string {
  const [first] = body.type === 'BlockStatement' ? body.body : [];
  const outer = findIndentation(text, range[0]);
  const inner = first ? findIndentation(text, first.range[0]) : '';
  return inner.startsWith(outer) && inner.length > outer.length ? inner.slice(outer.length) : '  ';
}

/** `response` of `response.body`, where `fetch` made the response. */
function findResponse(source: ParsedSource, stream: TSESTree.Expression): TSESTree.Identifier | null {
  const node = unwrap(stream);
  if (node.type !== 'MemberExpression' || findPropertyName(node) !== 'body') return null;
  const object = unwrap(node.object);
  if (object.type !== 'Identifier') return null;
  const [def] = findVariable(source, object)?.defs ?? [];
  const annotation = def?.name.type === 'Identifier' ? def.name.typeAnnotation?.typeAnnotation : undefined;
  if (annotation) return source.text.slice(...annotation.range) === 'Response' ? object : null;
  return findAccessPaths(source, object).some(({ steps }) => {
    const last = steps.at(-1);
    const callee = last?.kind === 'call' ? unwrap(last.node.callee) : null;
    const name =
      callee?.type === 'MemberExpression'
        ? findPropertyName(callee)
        : callee?.type === 'Identifier'
          ? callee.name
          : null;
    return /fetch$/i.test(name ?? '');
  })
    ? object
    : null;
}

/** From the first to the last of the kept statements, with the comments between and behind them. */
function findInnerRange(
  source: ParsedSource,
  { statement, target, guard, guarded }: JsonUse,
): readonly [number, number] {
  const { text } = source;
  const first = guard && (guarded.length > 0 || !target) ? guard : statement;
  const block = (guard ?? statement).parent;
  const end = block?.type === 'BlockStatement' ? block.range[1] - 1 : (guard ?? statement).range[1];
  const start = first === statement && target ? (guard ?? statement).range[1] : first.range[0];
  const from = first === statement && target ? skipLine(text, start) : findLineStart(source, start);
  return [Math.min(from, end), Math.max(Math.min(from, end), text.slice(0, end).trimEnd().length)];
}

/** The offset of the next line, or of the code that follows on this line. */
function skipLine(text: string, offset: number): number {
  const end = findLineEnd(text, offset);
  return end === null
    ? offset + /^[^\S\r\n]*/.exec(text.slice(offset))![0].length
    : end + /^(?:\r\n|[\r\n])?/.exec(text.slice(end))![0].length;
}

/** The kept statements, without the statement of the parse and with the loop's new indentation. */
function printKept(
  source: ParsedSource,
  { parse, statement, target, guard, guarded }: JsonUse,
  [start, end]: readonly [number, number],
  indentation: string,
  name: string,
): TextEdit[] {
  const { text } = source;
  if (end <= start) return [];
  const isGuardKept = guard !== null && (guarded.length > 0 || !target);
  const from = findIndentation(text, (guard ?? statement).range[0]);
  const edits = /[\r\n]/.test(text[start - 1]!)
    ? reindent(source, [start - 1, end], from, indentation)
    : [insertAt(start, indentation), ...reindent(source, [start, end], from, indentation)];
  const cut: TextEdit[] = isGuardKept
    ? [
        {
          range: [
            guard.block.range[0] + 1,
            target ? statement.range[1] : text.slice(0, statement.range[0]).trimEnd().length,
          ],
          text: '',
        },
      ]
    : [];
  const used: TextEdit[] = target ? [] : [{ range: parse.range, text: name }];
  return [
    ...edits.filter(({ range }) => !cut.some((other) => range[0] >= other.range[0] && range[1] <= other.range[1])),
    ...cut,
    ...used,
  ];
}

// ── A `finally` that is left empty ──────────────────────────────────────────────────────────────────────────────────

/** The `try` whose `finally` loses all its statements. */
function findEmptied(removed: readonly TSESTree.Node[]): TSESTree.TryStatement | null {
  for (const { parent } of removed) {
    const outer = parent?.parent;
    if (
      parent?.type === 'BlockStatement' &&
      outer?.type === 'TryStatement' &&
      outer.finalizer === parent &&
      parent.body.every((statement) => removed.includes(statement))
    )
      return outer;
  }
  return null;
}

/** Without its `finally`, the `try` goes too. */
const isUnwrapped = ({ handler }: TSESTree.TryStatement): boolean => handler === null;

function removeFinally(
  source: ParsedSource,
  statement: TSESTree.TryStatement,
  loop: TSESTree.Node,
  removed: readonly TSESTree.Node[],
): TextEdit[] {
  const { text } = source;
  const { block, handler, range } = statement;
  if (handler) return [{ range: [handler.range[1], range[1]], text: '' }];
  const [first] = block.body;
  const [outer, inner] = [findIndentation(text, range[0]), first ? findIndentation(text, first.range[0]) : ''];
  const lineEnd = skipLine(text, block.range[0] + 1);
  const last = text.slice(0, block.range[1] - 1).trimEnd().length;
  const places = [loop, ...removed];
  const lines = reindent(source, [lineEnd - 1, last], inner, outer).filter(
    ({ range: [at] }) => !places.some((node) => at >= findLineStart(source, node.range[0]) && at <= node.range[1]),
  );
  const head =
    findLineStart(source, loop.range[0]) === loop.range[0]
      ? []
      : [{ range: [findLineStart(source, loop.range[0]), loop.range[0]] as const, text: outer }];
  return [
    { range: [findLineStart(source, range[0]), lineEnd], text: '' },
    ...lines,
    ...head,
    { range: [last, range[1]], text: '' },
  ];
}
