import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from '../../src/analysis/values/access-path.ts';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName, isNothing, unwrap } from '../../src/analysis/source/tree.ts';
import { insertAt } from '../contract/edits.ts';
import { findHolding, type Site } from './option-presence.ts';
import { appendArgument, appendProperties, printObject, printProperties, printProperty } from './literals.ts';
import { isName, moveValue } from './move-value.ts';
import { type HelperOption, isObstacle, type Obstacle, type Placement, type Setting } from './placement.ts';
import { type FileStyle, findStyle } from '../text/style.ts';

interface Place extends Site {
  readonly style: FileStyle;
}

const nothing: Placement = { edits: [], moved: [], replaced: [] };

const obstacles = {
  spreadArguments: { obstacle: 'The arguments of the request are spread; pass them one by one, then run this again.' },
  missingArgument: {
    obstacle: 'The request has fewer arguments than its options need; pass them all, then run this again.',
  },
  computedOptions: {
    obstacle: 'The options of the request come from an expression; give them a name of their own, then run this again.',
  },
  computedKey: {
    obstacle: 'An option of the request has a computed name, which may be the signal; name it, then run this again.',
  },
  nestedOptions: {
    obstacle:
      'The options of the request come from an expression inside of others; give it a name of its own, then run this again.',
  },
  plainValue: {
    obstacle:
      'The request is given a plain value in the place of its options; pass an object of options, then run this again.',
  },
  method: {
    obstacle: 'An option of the request is a method or an accessor; make it a plain property, then run this again.',
  },
  overridden: {
    obstacle:
      'A spread in the options of the request may override an option before it; move the spread to the front, then run this again.',
  },
  unreadable: {
    obstacle:
      'The options of the request may hold a signal that their type does not show; write `signal` at the call, then run this again.',
  },
  manySpreads: {
    obstacle:
      'A spread in the options of the request may hold a signal or `maxRetries`; write these out, then run this again.',
  },
} satisfies Record<string, Obstacle>;

/** Puts the settings where the SDK reads them; what stood there before goes to the helper's own options. */
export function placeSettings(site: Site, settings: readonly Setting[]): Placement | Obstacle {
  const place = { ...site, style: findStyle(site.source) };
  const indexes = [...new Set(settings.map((setting) => setting.place.argument))];
  return join(
    indexes.map((index) =>
      placeInArgument(
        place,
        index,
        settings.filter((setting) => setting.place.argument === index),
      ),
    ),
  );
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
  if (!argument)
    return {
      ...nothing,
      edits: [appendArgument(place.source.text, call, style, [...leftOut, printObject(settings, 0, style)])],
    };
  const value = unwrap(argument);
  if (value.type === 'ObjectExpression') return placeInObject(place, value, settings, 0);
  if (isNothing(value))
    return { ...nothing, edits: [{ range: argument.range, text: printObject(settings, 0, style) }] };
  if (isPlain(place.source, value)) return obstacles.plainValue;
  return value === argument && isName(value) ? spreadInto(place, value, settings, 0) : obstacles.computedOptions;
}

/** A string or a list, which cannot be spread into an object. */
function isPlain(source: ParsedSource, value: TSESTree.Node): boolean {
  const [def] = findVariable(source, value)?.defs ?? [];
  const type = def?.name.type === 'Identifier' ? def.name.typeAnnotation?.typeAnnotation.type : undefined;
  return (
    type === 'TSStringKeyword' ||
    type === 'TSArrayType' ||
    findValues(source, value).some((node) => PLAIN.has(node.type) && !isNothing(node))
  );
}

const PLAIN: ReadonlySet<string> = new Set(['Literal', 'TemplateLiteral', 'ArrayExpression']);

// ── An options object that stands in the call ───────────────────────────────────────────────────────────────────────

function placeInObject(
  place: Place,
  object: TSESTree.ObjectExpression,
  settings: readonly Setting[],
  depth: number,
): Placement | Obstacle {
  if (object.properties.some((property) => property.type === 'Property' && findPropertyName(property) === null))
    return obstacles.computedKey;
  const names = [...new Set(settings.map((setting) => setting.place.path[depth]!))];
  const missing: string[] = [];
  const results = names.map((name): Placement | Obstacle => {
    const inside = settings.filter((setting) => setting.place.path[depth] === name);
    const properties = object.properties.filter(
      (property) => property.type === 'Property' && findPropertyName(property) === name,
    );
    const [property] = properties;
    if (property?.type !== 'Property') {
      const taken = takeFromSpreads(place, object, inside, depth);
      if (isObstacle(taken)) return taken;
      missing.push(...printProperties(inside, depth, place.style, taken.holder));
      return { ...nothing, moved: taken.moved };
    }
    const isOverridden = object.properties
      .slice(object.properties.indexOf(property) + 1)
      .some(({ type }) => type === 'SpreadElement');
    if (isOverridden || properties.length > 1) return obstacles.overridden;
    if (property.kind !== 'init' || property.method) return obstacles.method;
    const [direct] = inside;
    return direct!.place.path.length === depth + 1
      ? replaceProperty(place, property, direct!)
      : placeInProperty(place, property, inside, depth + 1);
  });
  const placement = join(results);
  if (isObstacle(placement) || missing.length === 0) return placement;
  return {
    ...placement,
    edits: [...placement.edits, appendProperties(place.source.text, place.style, object, missing)],
  };
}

/** `config: {…}`, `config: options`, `config`. */
function placeInProperty(
  place: Place,
  property: TSESTree.Property,
  settings: readonly Setting[],
  depth: number,
): Placement | Obstacle {
  const value = unwrap(property.value);
  if (value.type === 'ObjectExpression') return placeInObject(place, value, settings, depth);
  const key = property.shorthand ? `${place.source.text.slice(...property.key.range)}: ` : '';
  if (isNothing(value))
    return {
      ...nothing,
      edits: [{ range: property.value.range, text: key + printObject(settings, depth, place.style) }],
    };
  if (value !== property.value || !isName(value)) return obstacles.nestedOptions;
  return spreadInto(place, value, settings, depth, key);
}

function replaceProperty(
  { source }: Place,
  property: TSESTree.Property,
  { place, value, becomes }: Setting,
): Placement {
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

// ── Options that stand elsewhere ────────────────────────────────────────────────────────────────────────────────────

/** `before`: what the place needs before a value. */
function spreadInto(
  place: Place,
  value: TSESTree.Node,
  settings: readonly Setting[],
  depth: number,
  before = '',
): Placement | Obstacle {
  const moved = takeFrom(place, value, settings, depth);
  if (isObstacle(moved)) return moved;
  const isNested = settings.some(
    (setting) =>
      setting.place.path.length > depth + 1 &&
      findHolding(place, value, setting.place.path.slice(depth, depth + 1)) !== 'no',
  );
  const properties = printProperties(settings, depth, place.style, isNested ? findHolder(place.source, value) : '');
  return {
    edits: [
      insertAt(value.range[0], `${before}{${place.style.padding}...`),
      insertAt(value.range[1], `, ${properties.join(', ')}${place.style.padding}}`),
    ],
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
function takeFromSpreads(
  place: Place,
  object: TSESTree.ObjectExpression,
  settings: readonly Setting[],
  depth: number,
): Taken | Obstacle {
  const [setting] = settings as readonly [Setting];
  const { path } = setting.place;
  const spreads = object.properties
    .filter((property) => property.type === 'SpreadElement')
    .map(({ argument }) => argument);
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
function takeFrom(
  place: Place,
  holder: TSESTree.Node,
  settings: readonly Setting[],
  depth: number,
): HelperOption[] | Obstacle {
  const moved: HelperOption[] = [];
  for (const {
    place: { path },
    becomes,
  } of settings) {
    const names = path.slice(depth);
    const holding = findHolding(place, holder, names);
    if (holding === 'unreadable' && becomes === 'signal') return obstacles.unreadable;
    if (holding === 'perhaps')
      moved.push({ name: becomes, value: findHolder(place.source, holder) + names.join('?.') });
  }
  return moved;
}
