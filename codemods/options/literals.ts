import type { TSESTree } from '@typescript-eslint/utils';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import type { Setting } from './placement.ts';
import { braced, type FileStyle, findIndentation, findLineEnd, hasNewline, skipBlanks } from '../text/style.ts';

export const printProperty = (name: string, value: string): string => (name === value ? name : `${name}: ${value}`);

/**
 * An object with the settings, from a depth of their paths on. `access`: the object that the new one replaces, as
 * source text with the access (`options?.`); its members are kept by a spread.
 */
export function printObject(settings: readonly Setting[], depth: number, style: FileStyle, access = ''): string {
  const kept = access === '' ? [] : [`...${access.replace(/\??\.$/, '')}`];
  return braced([...kept, ...printProperties(settings, depth, style, access)], style);
}

export function printProperties(settings: readonly Setting[], depth: number, style: FileStyle, access = ''): string[] {
  const names = [...new Set(settings.map(({ place }) => place.path[depth]!))];
  return names.map((name) => {
    const inside = settings.filter(({ place }) => place.path[depth] === name);
    const direct = inside.find(({ place }) => place.path.length === depth + 1);
    return direct
      ? printProperty(name, direct.value)
      : `${name}: ${printObject(inside, depth + 1, style, access && `${access}${name}?.`)}`;
  });
}

/** Adds an argument to a call. */
export function appendArgument(
  text: string,
  call: TSESTree.CallExpression,
  style: FileStyle,
  items: readonly string[],
): TextEdit {
  const close = call.range[1] - 1;
  const [first] = call.arguments;
  const last = call.arguments.at(-1);
  if (!first || !last) return insertAt(close, items.join(', '));
  let end = last.range[1];
  // The last argument may stand in parentheses: `call((options))`.
  for (let next = skipBlanks(text, end); text[next] === ')' && next < close; next = skipBlanks(text, end))
    end = next + 1;
  const open = (call.typeArguments ?? call.callee).range[1];
  const isOnePerLine = hasNewline(text, open, first.range[0]) && hasNewline(text, end, close);
  return insertBehind(text, end, items, isOnePerLine ? style.newline + findIndentation(text, first.range[0]) : null);
}

/**
 * Adds items to a comma-separated list; a list that ends in a comma still does. `line`: the line break and the
 * indentation before each item, where each item has its own line.
 */
function insertBehind(text: string, end: number, items: readonly string[], line: string | null): TextEdit {
  const next = skipBlanks(text, end);
  const hasComma = text[next] === ',';
  const tail = hasComma ? next + 1 : end;
  const added = items.map((item) => (line ?? ' ') + item).join(',') + (hasComma ? ',' : '');
  if (line === null) return insertAt(tail, (hasComma ? '' : ',') + added);
  const lineEnd = findLineEnd(text, tail) ?? tail;
  if (hasComma) return insertAt(lineEnd, added);
  // The comma belongs before the comment on the last item's line, the new lines behind it.
  return { range: [end, lineEnd], text: `,${text.slice(end, lineEnd)}${added}` };
}

/** Adds properties to an object literal. */
export function appendProperties(
  text: string,
  style: FileStyle,
  object: TSESTree.ObjectExpression,
  properties: readonly string[],
): TextEdit {
  const last = object.properties.at(-1);
  const close = object.range[1] - 1;
  if (!last) return fillObject(text, object, properties, style);
  const isOnePerLine = hasNewline(text, last.range[1], close);
  return insertBehind(
    text,
    last.range[1],
    properties,
    isOnePerLine ? style.newline + findIndentation(text, last.range[0]) : null,
  );
}

/** Fills an empty object literal, which may contain a comment. */
function fillObject(
  text: string,
  object: TSESTree.ObjectExpression,
  properties: readonly string[],
  style: FileStyle,
): TextEdit {
  const [open, close] = [object.range[0] + 1, object.range[1] - 1];
  const inside = text.slice(open, close).trimEnd();
  if (inside === '') return { range: object.range, text: braced(properties, style) };
  const range = [open + inside.length, close] as const;
  if (!hasNewline(text, open, close)) return { range, text: ` ${properties.join(', ')}${style.padding}` };
  const line = style.newline + findIndentation(text, close);
  return { range, text: `${line}  ${properties.join(`,${line}  `)},${line}` };
}
