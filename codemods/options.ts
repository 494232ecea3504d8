import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from '../src/analysis/access-path.ts';
import { findVariable } from '../src/analysis/bindings.ts';
import { findOption } from '../src/analysis/call-options.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import { findPropertyName, unwrap, isNothing } from '../src/analysis/tree.ts';
import type { OptionPath } from '../src/providers/provider.ts';
import { findHolding, type Site } from './holding.ts';
import { braced, type FileStyle, findIndentation, findLineEnd, findStyle, hasNewline, skipBlanks } from './style.ts';
import { insertAt, type TextEdit } from './edits.ts';

/** An option that the request is to have, by the place that the catalog gives, and the option of the helper that takes its old value. */
export interface Setting {
  readonly place: OptionPath;
  readonly value: string;
  readonly becomes: 'signal' | 'maxRetries';
}

/** An option of the helper, as source text. */
export interface HelperOption {
  readonly name: 'signal' | 'openTimeoutMs' | 'totalTimeoutMs' | 'maxRetries' | 'backoff' | 'isRetryable' | 'recover';
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

interface Place extends Site {
  readonly style: FileStyle;
}

const nothing: Placement = { edits: [], moved: [], replaced: [] };

const obstacles = {
  spreadArguments: { obstacle: 'The arguments of the request are spread; pass them one by one, then run this again.' },
  missingArgument: { obstacle: 'The request has fewer arguments than its options need; pass them all, then run this again.' },
  computedOptions: { obstacle: 'The options of the request come from an expression; give them a name of their own, then run this again.' },
  computedKey: { obstacle: 'An option of the request has a computed name, which may be the signal; name it, then run this again.' },
  nestedOptions: { obstacle: 'The options of the request come from an expression inside of others; give it a name of its own, then run this again.' },
  plainValue: { obstacle: 'The request is given a plain value in the place of its options; pass an object of options, then run this again.' },
  method: { obstacle: 'An option of the request is a method or an accessor; make it a plain property, then run this again.' },
  overridden: { obstacle: 'A spread in the options of the request may override an option before it; move the spread to the front, then run this again.' },
  unreadable: { obstacle: 'The options of the request may hold a signal that their type does not show; write `signal` at the call, then run this again.' },
  manySpreads: { obstacle: 'A spread in the options of the request may hold a signal or `maxRetries`; write these out, then run this again.' },
} satisfies Record<string, Obstacle>;

export const isObstacle = (result: object): result is Obstacle => 'obstacle' in result;

/** Puts the settings where the SDK reads them; what stood there before goes to the helper's own options. */
export function placeSettings(site: Site, settings: readonly Setting[]): Placement | Obstacle {
  const place = { ...site, style: findStyle(site.source) };
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
  if (index > call.arguments.length && call.arguments.length === 0) return obstacles.missingArgument;
  const argument = call.arguments[index];
  const leftOut = Array.from({ length: Math.max(0, index - call.arguments.length) }, () => 'undefined');
  if (!argument) return { ...nothing, edits: [appendArgument(place, [...leftOut, printObject(settings, 0, style)])] };
  const value = unwrap(argument);
  if (value.type === 'ObjectExpression') return placeInObject(place, value, settings, 0);
  if (isNothing(value)) return { ...nothing, edits: [{ range: argument.range, text: printObject(settings, 0, style) }] };
  if (isPlain(place.source, value)) return obstacles.plainValue;
  return value === argument && isName(value) ? spreadInto(place, value, settings, 0) : obstacles.computedOptions;
}

/** A string or a list, which cannot be spread into an object. */
function isPlain(source: ParsedSource, value: TSESTree.Node): boolean {
  const [def] = findVariable(source, value)?.defs ?? [];
  const type = def?.name.type === 'Identifier' ? def.name.typeAnnotation?.typeAnnotation.type : undefined;
  return type === 'TSStringKeyword' || type === 'TSArrayType' || findValues(source, value).some((node) => PLAIN.has(node.type) && !isNothing(node));
}

const PLAIN: ReadonlySet<string> = new Set(['Literal', 'TemplateLiteral', 'ArrayExpression']);

/** Reading it twice is reading it once: `options`, `this.options`, `config.llm.options`. */
function isName(node: TSESTree.Node): boolean {
  if (node.type === 'MemberExpression') return !node.computed && isName(node.object);
  return node.type === 'Identifier' || node.type === 'ThisExpression';
}

// ── An options object that is made new ──────────────────────────────────────────────────────────────────────────────

const printProperty = (name: string, value: string): string => (name === value ? name : `${name}: ${value}`);

/** `holder`: what stands in the way of the new object, as source text up to its members (`options?.`); what it has is kept. */
function printObject(settings: readonly Setting[], depth: number, style: FileStyle, holder = ''): string {
  const kept = holder === '' ? [] : [`...${holder.replace(/\??\.$/, '')}`];
  return braced([...kept, ...printProperties(settings, depth, style, holder)], style);
}

function printProperties(settings: readonly Setting[], depth: number, style: FileStyle, holder = ''): string[] {
  const names = [...new Set(settings.map(({ place }) => place.path[depth]!))];
  return names.map((name) => {
    const inside = settings.filter(({ place }) => place.path[depth] === name);
    const direct = inside.find(({ place }) => place.path.length === depth + 1);
    return direct ? printProperty(name, direct.value) : `${name}: ${printObject(inside, depth + 1, style, holder && `${holder}${name}?.`)}`;
  });
}

function appendArgument({ source: { text }, call, style }: Place, items: readonly string[]): TextEdit {
  const close = call.range[1] - 1;
  const [first] = call.arguments;
  const last = call.arguments.at(-1);
  if (!first || !last) return insertAt(close, items.join(', '));
  let end = last.range[1];
  // The argument may stand in parentheses of its own.
  for (let next = skipBlanks(text, end); text[next] === ')' && next < close; next = skipBlanks(text, end)) end = next + 1;
  const open = (call.typeArguments ?? call.callee).range[1];
  const isOnePerLine = hasNewline(text, open, first.range[0]) && hasNewline(text, end, close);
  return insertBehind(text, end, items, isOnePerLine ? style.newline + findIndentation(text, first.range[0]) : null);
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
  const missing: string[] = [];
  const results = names.map((name): Placement | Obstacle => {
    const inside = settings.filter((setting) => setting.place.path[depth] === name);
    const properties = object.properties.filter((property) => property.type === 'Property' && findPropertyName(property) === name);
    const [property] = properties;
    if (property?.type !== 'Property') {
      const taken = takeFromSpreads(place, object, inside, depth);
      if (isObstacle(taken)) return taken;
      missing.push(...printProperties(inside, depth, place.style, taken.holder));
      return { ...nothing, moved: taken.moved };
    }
    const isOverridden = object.properties.slice(object.properties.indexOf(property) + 1).some(({ type }) => type === 'SpreadElement');
    if (isOverridden || properties.length > 1) return obstacles.overridden;
    if (property.kind !== 'init' || property.method) return obstacles.method;
    const [direct] = inside;
    return direct!.place.path.length === depth + 1 ? replaceProperty(place, property, direct!) : placeInProperty(place, property, inside, depth + 1);
  });
  const placement = join(results);
  if (isObstacle(placement) || missing.length === 0) return placement;
  return { ...placement, edits: [...placement.edits, appendProperties(place, object, missing)] };
}

/** `config: {…}`, `config: options`, `config`. */
function placeInProperty(place: Place, property: TSESTree.Property, settings: readonly Setting[], depth: number): Placement | Obstacle {
  const value = unwrap(property.value);
  if (value.type === 'ObjectExpression') return placeInObject(place, value, settings, depth);
  const key = property.shorthand ? `${place.source.text.slice(...property.key.range)}: ` : '';
  if (isNothing(value)) return { ...nothing, edits: [{ range: property.value.range, text: key + printObject(settings, depth, place.style) }] };
  if (value !== property.value || !isName(value)) return obstacles.nestedOptions;
  return spreadInto(place, value, settings, depth, key);
}

function replaceProperty({ source }: Place, property: TSESTree.Property, { place, value, becomes }: Setting): Placement {
  const { text } = source;
  const name = place.path.at(-1)!;
  const key = text.slice(...property.key.range);
  const between = property.shorthand ? '' : text.slice(property.key.range[1], property.value.range[0]);
  // `signal: /* the caller's */ signal`: what is written there stays there.
  const isPlain = !/\/[/*]/.test(between);
  const replacement = key === name ? printProperty(name, value) : `${key}: ${value}`;
  const edit = isPlain ? { range: property.range, text: replacement } : { range: property.value.range, text: value };
  const isSame = text.slice(...edit.range) === edit.text;
  return { edits: isSame ? [] : [edit], moved: moveValue(source, property.value, becomes), replaced: [property] };
}

function moveValue(source: ParsedSource, value: TSESTree.Node, becomes: Setting['becomes']): HelperOption[] {
  if (isNothing(value)) return [];
  if (becomes === 'maxRetries') return [{ name: becomes, value: printNumber(source, value) }];
  const timeout = findTimeout(source, value);
  return [timeout ? { name: 'totalTimeoutMs', value: print(source, timeout) } : { name: becomes, value: print(source, value) }];
}

const print = ({ text }: ParsedSource, node: TSESTree.Node): string =>
  node.type === 'SequenceExpression' ? `(${text.slice(...node.range)})` : text.slice(...node.range);

/** SDKs take null for no number, and the helper does not. */
function printNumber(source: ParsedSource, value: TSESTree.Node): string {
  const node = unwrap(value);
  if (!mayBeNull(source, node)) return print(source, value);
  if (node.type === 'LogicalExpression' && node.operator === '??' && isNothing(node.right)) return `${print(source, node.left)} ?? undefined`;
  return node.type === 'Identifier' || node.type === 'MemberExpression' ? `${print(source, value)} ?? undefined` : `(${print(source, value)}) ?? undefined`;
}

function mayBeNull(source: ParsedSource, node: TSESTree.Node): boolean {
  switch (node.type) {
    case 'Literal':
      return node.value === null;
    case 'ConditionalExpression':
      return mayBeNull(source, node.consequent) || mayBeNull(source, node.alternate);
    case 'LogicalExpression':
      return mayBeNull(source, node.right) || (node.operator !== '??' && mayBeNull(source, node.left));
    case 'Identifier':
      return findVariable(source, node)?.defs.some(isNullByDefault) ?? false;
    default:
      return false;
  }
}

/** `x = null` as a parameter or a variable, `x: number | null`. */
function isNullByDefault({ name, node }: { readonly name: TSESTree.Node; readonly node: TSESTree.Node }): boolean {
  const type = name.type === 'Identifier' ? name.typeAnnotation?.typeAnnotation : undefined;
  const initial = node.type === 'VariableDeclarator' ? node.init : name.parent?.type === 'AssignmentPattern' ? name.parent.right : null;
  return (type?.type === 'TSUnionType' && type.types.some((each) => each.type === 'TSNullKeyword')) || (initial?.type === 'Literal' && initial.value === null);
}

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
  if (!last) return fill(text, object, properties, style);
  const isOnePerLine = hasNewline(text, last.range[1], close);
  return insertBehind(text, last.range[1], properties, isOnePerLine ? style.newline + findIndentation(text, last.range[0]) : null);
}

/** An empty literal may hold a comment. */
function fill(text: string, object: TSESTree.ObjectExpression, properties: readonly string[], style: FileStyle): TextEdit {
  const [open, close] = [object.range[0] + 1, object.range[1] - 1];
  const inside = text.slice(open, close).trimEnd();
  if (inside === '') return { range: object.range, text: braced(properties, style) };
  const range = [open + inside.length, close] as const;
  if (!hasNewline(text, open, close)) return { range, text: ` ${properties.join(', ')}${style.padding}` };
  const line = style.newline + findIndentation(text, close);
  return { range, text: `${line}  ${properties.join(`,${line}  `)},${line}` };
}

// ── Options that stand elsewhere ────────────────────────────────────────────────────────────────────────────────────

/** `before`: what the place needs before a value. */
function spreadInto(place: Place, value: TSESTree.Node, settings: readonly Setting[], depth: number, before = ''): Placement | Obstacle {
  const moved = takeFrom(place, value, settings, depth);
  if (isObstacle(moved)) return moved;
  const isNested = settings.some((setting) => setting.place.path.length > depth + 1 && findHolding(place, value, setting.place.path.slice(depth, depth + 1)) !== 'no');
  const properties = printProperties(settings, depth, place.style, isNested ? findHolder(place.source, value) : '');
  return {
    edits: [insertAt(value.range[0], `${before}{${place.style.padding}...`), insertAt(value.range[1], `, ${properties.join(', ')}${place.style.padding}}`)],
    moved,
    replaced: [],
  };
}

interface Taken {
  /** What holds the rest of a nested object, as source text up to its members; '' where nothing does. */
  readonly holder: string;
  readonly moved: readonly HelperOption[];
}

/** The spread stays, and what is set behind it wins; the helper gets what the spread may hold. */
function takeFromSpreads(place: Place, object: TSESTree.ObjectExpression, settings: readonly Setting[], depth: number): Taken | Obstacle {
  const [setting] = settings as readonly [Setting];
  const { path } = setting.place;
  const spreads = object.properties.filter((property) => property.type === 'SpreadElement').map(({ argument }) => argument);
  const holders = spreads.filter((spread) => findHolding(place, spread, path.slice(depth, depth + 1)) !== 'no');
  const [holder, ...others] = holders;
  if (!holder) return { holder: '', moved: [] };
  if (others.length > 0 || !isName(holder)) return obstacles.manySpreads;
  const moved = takeFrom(place, holder, settings, depth);
  return isObstacle(moved) ? moved : { holder: findHolder(place.source, holder), moved };
}

/** `options.` or `options?.` */
function findHolder(source: ParsedSource, value: TSESTree.Node): string {
  const values = findValues(source, value);
  const access = values.length > 0 && values.every(({ type }) => type === 'ObjectExpression') ? '.' : '?.';
  return source.text.slice(...value.range) + access;
}

/** A signal that got lost would be an abort that does nothing; a number of retries has a default. */
function takeFrom(place: Place, holder: TSESTree.Node, settings: readonly Setting[], depth: number): HelperOption[] | Obstacle {
  const moved: HelperOption[] = [];
  for (const { place: { path }, becomes } of settings) {
    const names = path.slice(depth);
    const holding = findHolding(place, holder, names);
    if (holding === 'unreadable' && becomes === 'signal') return obstacles.unreadable;
    if (holding === 'perhaps') moved.push({ name: becomes, value: findHolder(place.source, holder) + names.join('?.') });
  }
  return moved;
}

// ── What is no signal ───────────────────────────────────────────────────────────────────────────────────────────────

/** The signal of a controller that the request has and keeps, for the helper to hear of an abort too. */
export function findControllerSignal(source: ParsedSource, call: TSESTree.CallExpression, place: OptionPath): HelperOption[] {
  if (findOption(source, call, place).kind === 'absent') return [];
  let value: TSESTree.Node | undefined = call.arguments[place.argument];
  let names = place.path;
  while (value && names.length > 0) {
    const object = unwrap(value);
    const { properties }: { readonly properties: readonly TSESTree.ObjectLiteralElement[] } = object.type === 'ObjectExpression' ? object : { properties: [] };
    const property = properties.find((each) => each.type === 'Property' && findPropertyName(each) === names[0]);
    if (property?.type !== 'Property') {
      value = object.type === 'ObjectExpression' ? properties.findLast((each) => each.type === 'SpreadElement')?.argument : value;
      break;
    }
    value = property.value;
    names = names.slice(1);
  }
  if (!value || !isName(unwrap(value))) return [];
  const defs = names.length === 0 ? (findVariable(source, unwrap(value))?.defs ?? []) : [];
  const isMade = defs.length > 0 && defs.every(({ node }) => node.type === 'VariableDeclarator' && node.init?.type === 'NewExpression');
  return [{ name: 'signal', value: [source.text.slice(...unwrap(value).range), ...names, 'signal'].join(isMade ? '.' : '?.') }];
}
