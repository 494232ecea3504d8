import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { TextEdit } from '../contract/edits.ts';
import { findLineEnd } from '../text/style.ts';
import { WIDE } from './widen-types.ts';

/**
 * The edits that remove imported names which nothing uses once types are widened: the SDK's stream classes. Only types
 * used them, so TypeScript removes them from the program too. With `verbatimModuleSyntax` the module is still loaded,
 * by the import of the client.
 */
export function findDroppedImports(source: ParsedSource, edits: readonly TextEdit[]): TextEdit[] {
  const widened = edits.filter(({ text }) => text === WIDE).map(({ range }) => range);
  const isWidened = ({ range }: TSESTree.Node): boolean =>
    widened.some(([start, end]) => range[0] >= start && range[1] <= end);
  return source.ast.body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration') return [];
    const unused = statement.specifiers.filter((specifier) => {
      const references = source.scopeManager?.getDeclaredVariables(specifier)[0]?.references ?? [];
      return references.length > 0 && references.every(({ identifier }) => isWidened(identifier));
    });
    return unused.length === 0 ? [] : removeSpecifiers(source, statement, unused);
  });
}

function removeSpecifiers(
  source: ParsedSource,
  statement: TSESTree.ImportDeclaration,
  unused: readonly TSESTree.ImportClause[],
): TextEdit[] {
  const { text } = source;
  // A comment in the import may be about the names.
  if (/\/[/*]/.test(text.slice(statement.range[0], statement.source.range[0]))) return [];
  if (unused.length === statement.specifiers.length) return removeStatement(source, statement);
  // An import with a namespace has no braces.
  if (statement.specifiers.some(({ type }) => type === 'ImportNamespaceSpecifier')) return [];
  const named = statement.specifiers.filter((specifier) => specifier.type === 'ImportSpecifier');
  const [first] = statement.specifiers;
  const open = text.indexOf('{', statement.range[0]);
  const close = text.lastIndexOf('}', statement.source.range[0]) + 1;
  if (named.every((specifier) => unused.includes(specifier))) return [{ range: [first!.range[1], close], text: '' }];
  const isDefaultGone = first!.type === 'ImportDefaultSpecifier' && unused.includes(first!);
  return [
    ...(isDefaultGone ? [{ range: [first!.range[0], open] as const, text: '' }] : []),
    ...removeNamed(named, unused),
  ];
}

/** Each name with the comma behind it; the names at the end of the list with the comma before. */
function removeNamed(named: readonly TSESTree.ImportSpecifier[], unused: readonly TSESTree.ImportClause[]): TextEdit[] {
  const last = named.findLastIndex((specifier) => !unused.includes(specifier));
  return named.flatMap((specifier, index) => {
    if (!unused.includes(specifier)) return [];
    return [
      {
        range:
          index < last
            ? [specifier.range[0], named[index + 1]!.range[0]]
            : [named[index - 1]!.range[1], specifier.range[1]],
        text: '',
      },
    ];
  });
}

/** With its line and the line end before it, so that another import can be added behind the last one. */
function removeStatement({ text, ast }: ParsedSource, { range: [start, end] }: TSESTree.ImportDeclaration): TextEdit[] {
  const lineEnd = findLineEnd(text, end);
  const before = /(?:\r\n|[\r\n])?[^\S\r\n]*$/.exec(text.slice(0, start))![0];
  const standsAlone =
    lineEnd !== null &&
    /^[^\S\r\n]*$/.test(text.slice(end, lineEnd)) &&
    (/[\r\n]/.test(before) || before.length === start);
  if (!standsAlone) return [{ range: [start, end], text: '' }];
  if (before.length < start || /[\r\n]/.test(before)) return [{ range: [start - before.length, lineEnd], text: '' }];
  const isLast = !ast.body.some((other) => other.type === 'ImportDeclaration' && other.range[0] > end);
  const next = lineEnd + /^(?:\r\n|[\r\n])?/.exec(text.slice(lineEnd))![0].length;
  return [{ range: [0, isLast ? lineEnd : next], text: '' }];
}
