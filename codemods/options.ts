import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from '../src/analysis/access-path.ts';
import { findVariable } from '../src/analysis/bindings.ts';
import { findOption } from '../src/analysis/call-options.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import { findPropertyName, unwrap } from '../src/analysis/tree.ts';
import type { OptionPath } from '../src/providers/provider.ts';
import { type FileStyle, findIndentation, findLineEnd, findStyle, hasNewline, skipBlanks } from './style.ts';
import { insertAt, type TextEdit } from './text-edit.ts';

/** An option that the request is to have, by the place that the catalog gives, and the option of the helper that takes its old value. */
export interface Setting {
  readonly place: OptionPath;
  readonly value: string;
  readonly becomes: 'signal' | 'maxRetries';
}

/** An option of the helper, as source text. */
export interface HelperOption {
  readonly name: 'signal' | 'totalTimeoutMs' | 'maxRetries' | 'recover';
  readonly value: string;
}

/** The edits that put settings into a request, and what they replaced. */
export interface Placement {
  readonly edits: readonly TextEdit[];
  readonly moved: readonly HelperOption[];
  /** What `moved` was taken from and is no longer in the request. */
  readonly replaced: readonly TSESTree.Node[];
}

/** Why nothing can be done, as a sentence that says what a person can do. */
export interface Obstacle {
  readonly obstacle: string;
}

interface Place {
  readonly source: ParsedSource;
  readonly call: TSESTree.CallExpression;
  readonly style: FileStyle;
}

const nothing: Placement = { edits: [], moved: [], replaced: [] };

const obstacles = {
  spreadArguments: { obstacle: 'The arguments of the request are spread; pass them one by one, then run this again.' },
  missingArgument: { obstacle: 'The request has fewer arguments than its options need; pass them all, then run this again.' },
  computedOptions: { obstacle: 'The options of the request come from an expression; give them a name of their own, then run this again.' },
  computedKey: { obstacle: 'An option of the request has a computed name, which may be the signal; name it, then run this again.' },
  nestedOptions: { obstacle: 'The options of the request stand in a variable of nested objects; write them at the call, then run this again.' },
  method: { obstacle: 'An option of the request is a method or an accessor; make it a plain property, then run this again.' },
  overridden: { obstacle: 'A spread in the options of the request may override an option before it; move the spread to the front, then run this again.' },
  manySpreads: { obstacle: 'A spread in the options of the request may hold a signal or `maxRetries`; write these out, then run this again.' },
} satisfies Record<string, Obstacle>;

export const isObstacle = (result: object): result is Obstacle => 'obstacle' in result;

/** Puts the settings where the SDK reads them; what stood there before goes to the helper's own options. */
export function placeSettings(source: ParsedSource, call: TSESTree.CallExpression, settings: readonly Setting[]): Placement | Obstacle {
  const place = { source, call, style: findStyle(source) };
  const indexes = [...new Set(settings.map((setting) => setting.place.argument))];
  return join(indexes.map((index) => placeInArgument(place, index, settings.filter((setting) => setting.place.argument === index))));
}

function join(results: readonly (Placement | Obstacle)[]): Placement | Obstacle {
  const obstacle = results.find(isObstacle);
  if (obstacle) return obstacle;
  const placements = results as readonly Placement[];
  return {
    edits: placements.flatMap(({ edits }) => edits),
    moved: placements.flatMap(({ moved }) => moved),
    replaced: placements.flatMap(({ replaced }) => replaced),
  };
}

function placeInArgument(place: Place, index: number, settings: readonly Setting[]): Placement | Obstacle {
  const { call, style } = place;
  if (call.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement')) return obstacles.spreadArguments;
  if (index > call.arguments.length) return obstacles.missingArgument;
  const argument = call.arguments[index];
  if (!argument) return { ...nothing, edits: [appendArgument(place, printObject(settings, 0, style))] };
  const value = unwrap(argument);
  if (value.type === 'ObjectExpression') return placeInObject(place, value, settings, 0);
  if (isNothing(value)) return { ...nothing, edits: [{ range: argument.range, text: printObject(settings, 0, style) }] };
  return value === argument && isName(value) ? spreadInto(place, value, settings) : obstacles.computedOptions;
}

const isNothing = (node: TSESTree.Node): boolean =>
  (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined');

/** Reading it twice is reading it once: `options`, `this.options`, `config.llm.options`. */
function isName(node: TSESTree.Node): boolean {
  if (node.type === 'MemberExpression') return !node.computed && isName(node.object);
  return node.type === 'Identifier' || node.type === 'ThisExpression';
}

// ── An options object that is made new ──────────────────────────────────────────────────────────────────────────────

const braced = (properties: readonly string[], { padding }: FileStyle): string => `{${padding}${properties.join(', ')}${padding}}`;
const printProperty = (name: string, value: string): string => (name === value ? name : `${name}: ${value}`);

function printObject(settings: readonly Setting[], depth: number, style: FileStyle): string {
  return braced(printProperties(settings, depth, style), style);
}

function printProperties(settings: readonly Setting[], depth: number, style: FileStyle): string[] {
  const names = [...new Set(settings.map(({ place }) => place.path[depth]!))];
  return names.map((name) => {
    const inside = settings.filter(({ place }) => place.path[depth] === name);
    const direct = inside.find(({ place }) => place.path.length === depth + 1);
    return direct ? printProperty(name, direct.value) : `${name}: ${printObject(inside, depth + 1, style)}`;
  });
}

function appendArgument({ source: { text }, call, style }: Place, literal: string): TextEdit {
  const close = call.range[1] - 1;
  const [first] = call.arguments;
  const last = call.arguments.at(-1);
  if (!first || !last) return insertAt(close, literal);
  let end = last.range[1];
  // The argument may stand in parentheses of its own.
  for (let next = skipBlanks(text, end); text[next] === ')' && next < close; next = skipBlanks(text, end)) end = next + 1;
  const open = (call.typeArguments ?? call.callee).range[1];
  const isOnePerLine = hasNewline(text, open, first.range[0]) && hasNewline(text, end, close);
  return insertBehind(text, end, [literal], isOnePerLine ? style.newline + findIndentation(text, first.range[0]) : null);
}

/** Adds to a comma-separated list, with a comma at its end where it has one; `line` starts a line of its own for each item. */
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

// ── An options object that stands in the call ───────────────────────────────────────────────────────────────────────

function placeInObject(place: Place, object: TSESTree.ObjectExpression, settings: readonly Setting[], depth: number): Placement | Obstacle {
  if (object.properties.some((property) => property.type === 'Property' && findPropertyName(property) === null)) return obstacles.computedKey;
  const names = [...new Set(settings.map((setting) => setting.place.path[depth]!))];
  const missing: Setting[] = [];
  const results = names.map((name): Placement | Obstacle => {
    const inside = settings.filter((setting) => setting.place.path[depth] === name);
    const properties = object.properties.filter((property) => property.type === 'Property' && findPropertyName(property) === name);
    const [property] = properties;
    if (property?.type !== 'Property') {
      missing.push(...inside);
      return join(inside.map((setting) => takeFromSpreads(place, object, setting, depth)));
    }
    const isOverridden = object.properties.slice(object.properties.indexOf(property) + 1).some(({ type }) => type === 'SpreadElement');
    if (isOverridden || properties.length > 1) return obstacles.overridden;
    if (property.kind !== 'init' || property.method) return obstacles.method;
    const [direct] = inside;
    if (direct!.place.path.length === depth + 1) return replaceProperty(place, property, direct!);
    const value = unwrap(property.value);
    return value.type === 'ObjectExpression' ? placeInObject(place, value, inside, depth + 1) : obstacles.nestedOptions;
  });
  const placement = join(results);
  if (isObstacle(placement) || missing.length === 0) return placement;
  return { ...placement, edits: [...placement.edits, appendProperties(place, object, printProperties(missing, depth, place.style))] };
}

function replaceProperty({ source }: Place, property: TSESTree.Property, { place, value, becomes }: Setting): Placement {
  const { text } = source;
  const name = place.path.at(-1)!;
  const key = text.slice(...property.key.range);
  const replacement = key === name ? printProperty(name, value) : `${key}: ${value}`;
  const moved = moveValue(source, property.value, becomes);
  const isSame = text.slice(...property.range) === replacement;
  return { edits: isSame ? [] : [{ range: property.range, text: replacement }], moved, replaced: [property] };
}

function moveValue(source: ParsedSource, value: TSESTree.Node, becomes: Setting['becomes']): HelperOption[] {
  if (isNothing(value)) return [];
  const timeout = becomes === 'signal' ? findTimeout(source, value) : null;
  return [timeout ? { name: 'totalTimeoutMs', value: print(source, timeout) } : { name: becomes, value: print(source, value) }];
}

const print = ({ text }: ParsedSource, node: TSESTree.Node): string =>
  node.type === 'SequenceExpression' ? `(${text.slice(...node.range)})` : text.slice(...node.range);

/** The n of `AbortSignal.timeout(n)`. The helper takes no limit of zero. */
function findTimeout(source: ParsedSource, value: TSESTree.Node): TSESTree.Node | null {
  if (value.type !== 'CallExpression' || value.callee.type !== 'MemberExpression' || value.arguments.length !== 1) return null;
  const { object } = value.callee;
  const isGlobal = object.type === 'Identifier' && object.name === 'AbortSignal' && !findVariable(source, object);
  const [limit] = value.arguments;
  if (!isGlobal || findPropertyName(value.callee) !== 'timeout' || limit!.type === 'SpreadElement') return null;
  return limit!.type === 'Literal' && limit!.value === 0 ? null : limit!;
}

function appendProperties({ source: { text }, style }: Place, object: TSESTree.ObjectExpression, properties: readonly string[]): TextEdit {
  const last = object.properties.at(-1);
  const close = object.range[1] - 1;
  if (!last) return { range: object.range, text: braced([...inner(text.slice(object.range[0] + 1, close)), properties.join(', ')], style) };
  const isOnePerLine = hasNewline(text, last.range[1], close);
  return insertBehind(text, last.range[1], properties, isOnePerLine ? style.newline + findIndentation(text, last.range[0]) : null);
}

/** A comment in an empty literal. */
const inner = (text: string): string[] => (text.trim() === '' ? [] : [text.trim()]);

// ── Options that stand elsewhere ────────────────────────────────────────────────────────────────────────────────────

function spreadInto(place: Place, value: TSESTree.Node, settings: readonly Setting[]): Placement | Obstacle {
  if (settings.some((setting) => setting.place.path.length > 1)) return obstacles.nestedOptions;
  const { padding } = place.style;
  return {
    edits: [
      insertAt(value.range[0], `{${padding}...`),
      insertAt(value.range[1], `, ${printProperties(settings, 0, place.style).join(', ')}${padding}}`),
    ],
    moved: settings.flatMap((setting) => takeFrom(place, value, setting)),
    replaced: [],
  };
}

/** The spread stays, and what is set behind it wins; the helper gets what the spread may hold. */
function takeFromSpreads(place: Place, object: TSESTree.ObjectExpression, setting: Setting, depth: number): Placement | Obstacle {
  const spreads = object.properties.filter((property) => property.type === 'SpreadElement').map(({ argument }) => argument);
  if (spreads.length === 0 || isAbsent(place, setting)) return nothing;
  const holders = spreads.filter((spread) => mayHold(place.source, spread, setting.place.path[depth]!));
  if (holders.length === 0) return nothing;
  if (setting.place.path.length > depth + 1) return obstacles.nestedOptions;
  const [holder, ...others] = holders;
  if (others.length > 0 || !isName(holder!)) return obstacles.manySpreads;
  return { ...nothing, moved: takeFrom(place, holder!, setting) };
}

function takeFrom(place: Place, holder: TSESTree.Node, setting: Setting): HelperOption[] {
  const name = setting.place.path.at(-1)!;
  if (isAbsent(place, setting) || !mayHold(place.source, holder, name)) return [];
  const values = findValues(place.source, holder);
  const access = values.length > 0 && values.every(({ type }) => type === 'ObjectExpression') ? '.' : '?.';
  return [{ name: setting.becomes, value: `${place.source.text.slice(...holder.range)}${access}${name}` }];
}

const isAbsent = ({ source, call }: Place, setting: Setting): boolean => findOption(source, call, setting.place).kind === 'absent';

/** False where the literals behind the value, or its type in this file, have no such member: to read it would be a type error. */
function mayHold(source: ParsedSource, holder: TSESTree.Node, name: string): boolean {
  const values = findValues(source, holder);
  if (values.length > 0 && values.every((value) => value.type === 'ObjectExpression' && hasNot(value, name))) return false;
  const [def] = findVariable(source, holder)?.defs ?? [];
  const annotation = def?.name.type === 'Identifier' ? def.name.typeAnnotation?.typeAnnotation : undefined;
  const members = annotation ? findMembers(source, annotation) : null;
  return members === null || members.some((member) => member.type !== 'TSPropertySignature' || (member.key.type === 'Identifier' && member.key.name === name));
}

const hasNot = ({ properties }: TSESTree.ObjectExpression, name: string): boolean =>
  properties.every((property) => property.type === 'Property' && ![name, null].includes(findPropertyName(property)));

/** The members of an object type that is written out in this file. */
function findMembers(source: ParsedSource, type: TSESTree.TypeNode): readonly TSESTree.TypeElement[] | null {
  if (type.type === 'TSTypeLiteral') return type.members;
  if (type.type !== 'TSTypeReference' || type.typeArguments) return null;
  const [def] = findVariable(source, type.typeName)?.defs ?? [];
  if (def?.node.type === 'TSInterfaceDeclaration') return def.node.extends.length === 0 ? def.node.body.body : null;
  return def?.node.type === 'TSTypeAliasDeclaration' && !def.node.typeParameters ? findMembers(source, def.node.typeAnnotation) : null;
}
