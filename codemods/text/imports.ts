import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from '../../src/analysis/source/file-memory.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import { isCommonJs, isImport, isRequireCall } from './language.ts';
import {
  braced,
  type FileStyle,
  findIndentation,
  findLineEnd,
  findStatementEnd,
  findStyle,
  hasNewline,
} from './style.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';

/** An import or a `require` that takes names from the helper's module. */
interface HelperImport {
  /** The last name in the braces; more names are added behind it. */
  readonly last: TSESTree.Node;
  /** The local names, by the exported names. */
  readonly names: ReadonlyMap<string, string>;
}

/** The local name of an export of the helper: the one that the file imports it by, or else a free name. */
export function findLocalName(source: ParsedSource, exported: string, options: CodemodOptions): string {
  const imported = findHelperImports(source, options)
    .find(({ names }) => names.has(exported))
    ?.names.get(exported);
  if (imported !== undefined && countNames(source).get(imported) === 1) return imported;
  return findFreeName(source, exported);
}

/**
 * A name that no variable of the file has: `wanted`, or `wanted` with a number. `used`: the next number of each name,
 * for callers that need several names.
 */
export function findFreeName(source: ParsedSource, wanted: string, used = new Map<string, number>()): string {
  const names = countNames(source);
  for (let count = used.get(wanted) ?? 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}${count}`;
    if (names.has(name)) continue;
    used.set(wanted, count + 1);
    return name;
  }
}

/** The edits that import these exports of the helper, each under its local name. */
export function findImportEdits(
  source: ParsedSource,
  exported: readonly string[],
  options: CodemodOptions,
): TextEdit[] {
  const existing = findHelperImports(source, options);
  const missing = exported
    .map((name) => ({ name, local: findLocalName(source, name, options) }))
    .filter(({ name, local }) => !existing.some(({ names }) => names.get(name) === local));
  if (missing.length === 0) return [];
  const style = findStyle(source);
  const syntax = isCommonJs(source, options) ? commonJs : esModule;
  const specifiers = missing.map(({ name, local }) => (name === local ? name : syntax.rename(name, local)));
  const [target] = existing;
  return [
    target
      ? extendImport(source, target, specifiers, style)
      : placeImport(source, syntax.print(specifiers, options.helper, style), style, options),
  ];
}

interface Syntax {
  rename(name: string, local: string): string;
  print(specifiers: readonly string[], module: string, style: FileStyle): string;
}

const esModule: Syntax = {
  rename: (name, local) => `${name} as ${local}`,
  print: (specifiers, module, style) =>
    `import ${braced(specifiers, style)} from ${style.quote}${module}${style.quote}${style.semicolon}`,
};

const commonJs: Syntax = {
  rename: (name, local) => `${name}: ${local}`,
  print: (specifiers, module, style) =>
    `const ${braced(specifiers, style)} = require(${style.quote}${module}${style.quote})${style.semicolon}`,
};

function extendImport(
  { text }: ParsedSource,
  { last }: HelperImport,
  specifiers: readonly string[],
  { newline }: FileStyle,
): TextEdit {
  const [start, end] = last.range;
  const indentation = findIndentation(text, start);
  const startsLine =
    text.slice(0, start).endsWith(indentation) && hasNewline(text, start - indentation.length - 1, start);
  const separator = startsLine ? `,${newline}${indentation}` : ', ';
  return insertAt(end, specifiers.map((specifier) => separator + specifier).join(''));
}

/**
 * Adds the statement behind the last import or `require`; else behind the directives; else before the first statement
 * and the comments about it.
 */
function placeImport(
  source: ParsedSource,
  statement: string,
  { newline }: FileStyle,
  options: CodemodOptions,
): TextEdit {
  const { text, ast } = source;
  const anchor = isCommonJs(source, options) ? findLastRequire(ast) : ast.body.findLast(isImport);
  if (anchor) return appendStatement(text, anchor, newline, statement);
  const directive = ast.body.findLast(
    (node) => node.type === 'ExpressionStatement' && typeof node.directive === 'string',
  );
  if (directive) return appendStatement(text, directive, newline + newline, statement);
  return insertAt(findFileTop(source), statement + newline + newline);
}

function appendStatement(text: string, { range }: TSESTree.Node, separator: string, statement: string): TextEdit {
  const end = findStatementEnd(text, range);
  const lineEnd = findLineEnd(text, end);
  if (lineEnd !== null) return insertAt(lineEnd, separator + statement);
  return insertAt(end, ` ${statement}${statement.endsWith(';') ? '' : ';'}`);
}

/** The last `require` at the head of the file; one further down may stand there because it has to run later. */
function findLastRequire({ body }: TSESTree.Program): TSESTree.Node | undefined {
  const end = body.findIndex(({ type }) => type !== 'VariableDeclaration' && type !== 'ExpressionStatement');
  return (end === -1 ? body : body.slice(0, end)).findLast((node) => {
    if (node.type === 'ExpressionStatement') return isRequired(node.expression);
    return (
      node.type === 'VariableDeclaration' && node.declarations.some(({ init }) => init !== null && isRequired(init))
    );
  });
}

/** `require('a')`, `require('a').b`, `require('a')(b)`. */
function isRequired(node: TSESTree.Node): boolean {
  if (node.type === 'MemberExpression') return isRequired(node.object);
  return node.type === 'CallExpression' && (isRequireCall(node) || isRequired(node.callee));
}

/** Words of a comment about the whole file, which may stand right above the first statement. */
const HEADER =
  /copyright|licen[cs]e|SPDX|@ts-|eslint|prettier|biome|@jest|@vitest|@flow|@file|@preserve|@module|^\/\*!/i;

/** Where the comments about the first statement begin. */
function findFileTop({ text, ast }: ParsedSource): number {
  const first = ast.body[0]?.range[0] ?? text.length;
  const comments = listComments(text, first);
  let top = first;
  for (const [index, [start, end]] of [...comments.entries()].reverse()) {
    const isSetOff = /(?:\r\n|\n|\r)[^\S\r\n]*(?:\r\n|\n|\r)/.test(text.slice(end, top));
    if (isSetOff || (index === 0 && HEADER.test(text.slice(start, end)))) return top;
    top = start;
  }
  return top;
}

/** The comments before the first statement, without the hashbang. */
function listComments(text: string, end: number): (readonly [start: number, end: number])[] {
  const hashbang = /^\uFEFF?(?:#![^\r\n]*)?/.exec(text)![0].length;
  const comment = /\/\/[^\r\n\u2028\u2029]*|\/\*[\s\S]*?\*\//g;
  return [...text.slice(hashbang, end).matchAll(comment)].map(({ index, 0: found }) => [
    hashbang + index,
    hashbang + index + found.length,
  ]);
}

const importsOf = new FileMemory<readonly [helper: string, imports: readonly HelperImport[]]>();

function findHelperImports({ ast }: ParsedSource, { helper }: CodemodOptions): readonly HelperImport[] {
  const known = importsOf.get(ast);
  if (known?.[0] === helper) return known[1];
  const imports = readHelperImports(ast, helper);
  importsOf.set(ast, [helper, imports]);
  return imports;
}

function readHelperImports(ast: TSESTree.Program, helper: string): HelperImport[] {
  return ast.body.flatMap((node) => {
    if (node.type === 'ImportDeclaration')
      return node.source.value === helper && node.importKind !== 'type' ? (readImport(node) ?? []) : [];
    if (node.type !== 'VariableDeclaration') return [];
    return node.declarations.flatMap(({ id, init }) =>
      init?.type === 'CallExpression' &&
      isRequireCall(init) &&
      init.arguments[0]?.type === 'Literal' &&
      init.arguments[0].value === helper
        ? (readPattern(id) ?? [])
        : [],
    );
  });
}

function readImport({ specifiers }: TSESTree.ImportDeclaration): HelperImport | null {
  const named = specifiers.filter((specifier) => specifier.type === 'ImportSpecifier');
  const last = named.at(-1);
  const values = named.filter(({ importKind }) => importKind !== 'type');
  const nameOf = ({ imported }: TSESTree.ImportSpecifier): string =>
    imported.type === 'Identifier' ? imported.name : imported.value;
  return last ? { last, names: new Map(values.map((specifier) => [nameOf(specifier), specifier.local.name])) } : null;
}

function readPattern(id: TSESTree.Node): HelperImport | null {
  if (id.type !== 'ObjectPattern') return null;
  const last = id.properties.at(-1);
  if (!last || last.type === 'RestElement') return null;
  const names = id.properties.flatMap((property): [string, string][] =>
    property.type === 'Property' && property.key.type === 'Identifier' && property.value.type === 'Identifier'
      ? [[property.key.name, property.value.name]]
      : [],
  );
  return { last, names: new Map(names) };
}

const namesOf = new FileMemory<ReadonlyMap<string, number>>();

/** All names of variables that the file declares or reads, each with the number of variables that have it. */
function countNames({ ast, scopeManager }: ParsedSource): ReadonlyMap<string, number> {
  const known = namesOf.get(ast);
  if (known) return known;
  const names = new Map<string, number>();
  for (const { references, variables } of scopeManager?.scopes ?? []) {
    for (const { identifier } of references) if (!names.has(identifier.name)) names.set(identifier.name, 0);
    for (const { name, defs } of variables) if (defs.length > 0) names.set(name, (names.get(name) ?? 0) + 1);
  }
  namesOf.set(ast, names);
  return names;
}
