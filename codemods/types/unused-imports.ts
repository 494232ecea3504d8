import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { TextEdit } from '../contract/edits.ts';
import { findLineEnd } from '../text/style.ts';
import { WIDE } from './widen-types.ts';

/**
 * The edits that take names out of imports which nothing speaks of once types are widened. They are an SDK's classes of
 * streams, which TypeScript takes out of the program anyway where only types speak of them; the client brings the SDK's
 * module, whatever `verbatimModuleSyntax` says.
 */
export function findDroppedImports(source: ParsedSource, edits: readonly TextEdit[]): TextEdit[] {
  const widened = edits.filter(({ text }) => text === WIDE).map(({ range }) => range);
  const isWidened = ({ range }: TSESTree.Node): boolean =>
    widened.some(([start, end]) => range[0] >= start && range[1] <= end);
  return source.ast.body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration') return [];
    const gone = statement.specifiers.filter((specifier) => {
      const references = source.scopeManager?.getDeclaredVariables(specifier)[0]?.references ?? [];
      return references.length > 0 && references.every(({ identifier }) => isWidened(identifier));
    });
    return gone.length === 0 ? [] : drop(source, statement, gone);
  });
}

function drop(
  source: ParsedSource,
  statement: TSESTree.ImportDeclaration,
  gone: readonly TSESTree.ImportClause[],
): TextEdit[] {
  const { text } = source;
  // A comment in it may speak of what goes.
  if (/\/[/*]/.test(text.slice(statement.range[0], statement.source.range[0]))) return [];
  if (gone.length === statement.specifiers.length) return dropStatement(source, statement);
  // Beside a namespace there are no braces.
  if (statement.specifiers.some(({ type }) => type === 'ImportNamespaceSpecifier')) return [];
  const named = statement.specifiers.filter((specifier) => specifier.type === 'ImportSpecifier');
  const [first] = statement.specifiers;
  const open = text.indexOf('{', statement.range[0]);
  const close = text.lastIndexOf('}', statement.source.range[0]) + 1;
  if (named.every((specifier) => gone.includes(specifier))) return [{ range: [first!.range[1], close], text: '' }];
  const isDefaultGone = first!.type === 'ImportDefaultSpecifier' && gone.includes(first!);
  return [...(isDefaultGone ? [{ range: [first!.range[0], open] as const, text: '' }] : []), ...dropNamed(named, gone)];
}

/** Each with the comma behind it; those at the end of the list with the one before. */
function dropNamed(named: readonly TSESTree.ImportSpecifier[], gone: readonly TSESTree.ImportClause[]): TextEdit[] {
  const last = named.findLastIndex((specifier) => !gone.includes(specifier));
  return named.flatMap((specifier, index) => {
    if (!gone.includes(specifier)) return [];
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

/** With its line, and the line end before it: behind the last import another may be put in. */
function dropStatement({ text, ast }: ParsedSource, { range: [start, end] }: TSESTree.ImportDeclaration): TextEdit[] {
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
