import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from '../../src/analysis/values/access-path.ts';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName, isNothing, unwrap } from '../../src/analysis/source/tree.ts';
import { insertAt } from '../contract/edits.ts';
import { findPresence, type RequestSite } from './option-presence.ts';
import { appendArgument, appendProperties, printObject, printProperties, printProperty } from './literals.ts';
import { isName, moveValue } from './move-value.ts';
import { type HelperOption, isObstacle, type Obstacle, type Placement, type Setting } from './placement.ts';
import { type FileStyle, findStyle } from '../text/style.ts';

interface StyledSite extends RequestSite {
  readonly style: FileStyle;
}

const unchanged: Placement = { edits: [], moved: [], replaced: [] };

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
      'The options of the request come from an expression inside of others; give it a name of its own, then run this ' +
      'again.',
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
      'A spread in the options of the request may override an option before it; move the spread to the front, then ' +
      'run this again.',
  },
  unreadable: {
    obstacle:
      'The options of the request may hold a signal that their type does not show; write `signal` at the call, then ' +
      'run this again.',
  },
  manySpreads: {
    obstacle:
      'A spread in the options of the request may hold a signal or `maxRetries`; write these out, then run this again.',
  },
} satisfies Record<string, Obstacle>;

/** Puts the settings where the SDK reads them; the values that stood there move to options of the helper. */
export function placeSettings(site: RequestSite, settings: readonly Setting[]): Placement | Obstacle {
  const styled = { ...site, style: findStyle(site.source) };
  const indexes = [...new Set(settings.map((setting) => setting.place.argument))];
  return join(
    indexes.map((index) =>
      placeInArgument(
        styled,
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

function placeInArgument(site: StyledSite, index: number, settings: readonly Setting[]): Placement | Obstacle {
  const { source, call, style } = site;
  if (call.arguments.slice(0, index + 1).some(({ type }) => type === 'SpreadElement')) return obstacles.spreadArguments;
  if (index > call.arguments.length && call.arguments.length === 0) return obstacles.missingArgument;
  const argument = call.arguments[index];
  const leftOut = Array.from({ length: Math.max(0, index - call.arguments.length) }, () => 'undefined');
  if (!argument)
    return {
      ...unchanged,
      edits: [appendArgument(site.source.text, call, style, [...leftOut, printObject(settings, 0, style)])],
    };
  const value = unwrap(argument);
  if (value.type === 'ObjectExpression') return placeInObject(site, value, settings, 0);
  if (isNothing(value))
    return { ...unchanged, edits: [{ range: argument.range, text: printObject(settings, 0, style) }] };
  if (isPlainValue(source, value)) return obstacles.plainValue;
  return value === argument && isName(value) ? spreadInto(site, value, settings, 0) : obstacles.computedOptions;
}

/** A string, a number or a list, which cannot be spread into an object of options. */
function isPlainValue(source: ParsedSource, value: TSESTree.Node): boolean {
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
  site: StyledSite,
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
      const spread = moveFromSpreads(site, object, inside, depth);
      if (isObstacle(spread)) return spread;
      missing.push(...printProperties(inside, depth, site.style, spread.access));
      return { ...unchanged, moved: spread.moved };
    }
    const isOverridden = object.properties
      .slice(object.properties.indexOf(property) + 1)
      .some(({ type }) => type === 'SpreadElement');
    if (isOverridden || properties.length > 1) return obstacles.overridden;
    if (property.kind !== 'init' || property.method) return obstacles.method;
    const [direct] = inside;
    return direct!.place.path.length === depth + 1
      ? replaceProperty(site, property, direct!)
      : placeInProperty(site, property, inside, depth + 1);
  });
  const placement = join(results);
  if (isObstacle(placement) || missing.length === 0) return placement;
  return {
    ...placement,
    edits: [...placement.edits, appendProperties(site.source.text, site.style, object, missing)],
  };
}

/** Nested options: `config: {…}`, `config: options`, `config`. */
function placeInProperty(
  site: StyledSite,
  property: TSESTree.Property,
  settings: readonly Setting[],
  depth: number,
): Placement | Obstacle {
  const value = unwrap(property.value);
  if (value.type === 'ObjectExpression') return placeInObject(site, value, settings, depth);
  const key = property.shorthand ? `${site.source.text.slice(...property.key.range)}: ` : '';
  if (isNothing(value))
    return {
      ...unchanged,
      edits: [{ range: property.value.range, text: key + printObject(settings, depth, site.style) }],
    };
  if (value !== property.value || !isName(value)) return obstacles.nestedOptions;
  return spreadInto(site, value, settings, depth, key);
}

function replaceProperty(
  { source }: StyledSite,
  property: TSESTree.Property,
  { place, value, becomes }: Setting,
): Placement {
  const { text } = source;
  const name = place.path.at(-1)!;
  const key = text.slice(...property.key.range);
  const between = property.shorthand ? '' : text.slice(property.key.range[1], property.value.range[0]);
  // `signal: /* the caller's */ signal`: a comment stays where it is.
  const isPlain = !/\/[/*]/.test(between);
  const replacement = key === name ? printProperty(name, value) : `${key}: ${value}`;
  const edit = isPlain ? { range: property.range, text: replacement } : { range: property.value.range, text: value };
  return { edits: [edit], moved: moveValue(source, property.value, becomes), replaced: [property] };
}

// ── Options that stand elsewhere ────────────────────────────────────────────────────────────────────────────────────

/** `options` becomes `{ ...options, signal }`. `before`: the key of a shorthand property. */
function spreadInto(
  site: StyledSite,
  value: TSESTree.Node,
  settings: readonly Setting[],
  depth: number,
  before = '',
): Placement | Obstacle {
  const moved = moveFromObject(site, value, settings, depth);
  if (isObstacle(moved)) return moved;
  const isNested = settings.some(
    (setting) =>
      setting.place.path.length > depth + 1 &&
      findPresence(site, value, setting.place.path.slice(depth, depth + 1)) !== 'no',
  );
  const properties = printProperties(settings, depth, site.style, isNested ? printAccess(site.source, value) : '');
  return {
    edits: [
      insertAt(value.range[0], `${before}{${site.style.padding}...`),
      insertAt(value.range[1], `, ${properties.join(', ')}${site.style.padding}}`),
    ],
    moved,
    replaced: [],
  };
}

/** What the spreads of an object contribute to settings. */
interface SpreadValues {
  /** The spread object that has more nested options, as source text with the access (`options?.`); '' for none. */
  readonly access: string;
  readonly moved: readonly HelperOption[];
}

/** A spread stays, and what is set behind it wins; the helper gets the values that the spread may have. */
function moveFromSpreads(
  site: StyledSite,
  object: TSESTree.ObjectExpression,
  settings: readonly Setting[],
  depth: number,
): SpreadValues | Obstacle {
  const [setting] = settings as readonly [Setting];
  const { path } = setting.place;
  const spreads = object.properties
    .filter((property) => property.type === 'SpreadElement')
    .map(({ argument }) => argument);
  const [spread, ...others] = spreads.filter((each) => findPresence(site, each, path.slice(depth, depth + 1)) !== 'no');
  if (!spread) return { access: '', moved: [] };
  if (others.length > 0 || !isName(spread)) return obstacles.manySpreads;
  const moved = moveFromObject(site, spread, settings, depth);
  return isObstacle(moved) ? moved : { access: printAccess(site.source, spread), moved };
}

/** `options.` or `options?.` */
function printAccess(source: ParsedSource, value: TSESTree.Node): string {
  const values = findValues(source, value);
  const access = values.length > 0 && values.every(({ type }) => type === 'ObjectExpression') ? '.' : '?.';
  return source.text.slice(...value.range) + access;
}

/**
 * The settings' values in an object, for the helper. An unreadable signal is an obstacle: without it, the program's
 * abort would do nothing. An unreadable number of retries is left out: it has a default.
 */
function moveFromObject(
  site: StyledSite,
  object: TSESTree.Node,
  settings: readonly Setting[],
  depth: number,
): HelperOption[] | Obstacle {
  const moved: HelperOption[] = [];
  for (const {
    place: { path },
    becomes,
  } of settings) {
    const names = path.slice(depth);
    const presence = findPresence(site, object, names);
    if (presence === 'unreadable' && becomes === 'signal') return obstacles.unreadable;
    if (presence === 'perhaps')
      moved.push({ name: becomes, value: printAccess(site.source, object) + names.join('?.') });
  }
  return moved;
}
