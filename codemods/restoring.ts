import { findDifference, isNamed, isNode, isType, listOf, nameOf, type Node, walk } from './babel.ts';
import { findNameFacts } from './names.ts';

/**
 * Values that went from the request to the helper's options, by the names they have there; null where an option is none
 * of ours.
 */
export type Moved = ReadonlyMap<string, Node>;

export interface Settings {
  readonly signal: string;
  readonly moved: Moved;
  /** What is spread into the options surely has no such member. */
  readonly canLose: (spread: unknown, name: string) => boolean;
  /** A number of retries that the file states elsewhere. */
  readonly isStated: (retries: unknown) => boolean;
}

/** Ways in which the request can have been written before it was handed the signal of the attempt. */
export function restoreRequest(request: Node, settings: Settings): Node[] {
  const args = request['arguments'] as unknown[];
  const index = args.findIndex((argument) => holdsSignal(argument, settings.signal));
  const retries = settings.moved.get('maxRetries');
  // A number that stood nowhere is nobody's.
  if (index === -1 || (retries && !settings.isStated(retries) && !hasSwitchedOff(request))) return [];
  return restoreValue(args[index] as Node, settings).flatMap((argument) => {
    if (argument) return [{ ...request, arguments: args.toSpliced(index, 1, argument) }];
    // Arguments that were left out may have been filled up.
    const filled = args
      .slice(0, index)
      .reverse()
      .findIndex((each) => !isNamed(each, 'undefined'));
    return Array.from({ length: (filled === -1 ? index : filled) + 1 }, (_, count) => ({
      ...request,
      arguments: args.toSpliced(index - count, 1 + count),
    }));
  });
}

/** The value without casts. */
function bare(value: unknown): unknown {
  return isNode(value) && /^TS.*(?:As|Satisfies|NonNull|Assertion)/.test(value.type)
    ? bare(value['expression'])
    : value;
}

const isSignal = (property: Node, signal: string): boolean =>
  property.type === 'ObjectProperty' && isNamed(property['value'], signal);

function holdsSignal(value: unknown, signal: string): boolean {
  const object = bare(value);
  return (
    isType(object, 'ObjectExpression') &&
    listOf(object['properties']).some(
      (property) => isSignal(property, signal) || holdsSignal(property['value'], signal),
    )
  );
}

/** Ways to restore what holds the signal; null: there was nothing. */
function restoreValue(value: Node, settings: Settings): (Node | null)[] {
  if (value.type !== 'ObjectExpression') {
    return restoreValue(value['expression'] as Node, settings).flatMap((expression) =>
      expression ? [{ ...value, expression }] : [],
    );
  }
  const properties = listOf(value['properties']);
  if (!properties.some((property) => isSignal(property, settings.signal))) return restoreNested(value, settings);
  const spreads = properties.filter(({ type }) => type === 'SpreadElement').map(({ argument }) => argument);
  return choices(properties.map((property) => restoreProperty(property, settings, spreads))).flatMap((kept) =>
    withoutObject({ ...value, properties: kept }),
  );
}

/** What an object may have been, of which this is left. */
function withoutObject(object: Node): (Node | null)[] {
  const kept = listOf(object['properties']);
  if (kept.length === 0) return [null, object, ...NOTHING];
  const spread = kept.length === 1 && isType(kept[0], 'SpreadElement') ? kept[0]['argument'] : null;
  return isNode(spread) ? [object, spread] : [object];
}

/** What may stand where there is nothing to pass. */
const NOTHING: readonly Node[] = [{ type: 'Identifier', name: 'undefined' }, { type: 'NullLiteral' }];

/** Every way to take one of each; null is taken as nothing. */
function choices(alternatives: readonly (readonly (Node | null)[])[]): Node[][] {
  return alternatives.reduce<Node[][]>(
    (lists, each) => lists.flatMap((list) => each.map((node) => (node ? [...list, node] : list))),
    [[]],
  );
}

function restoreNested(value: Node, settings: Settings): (Node | null)[] {
  const properties = listOf(value['properties']);
  const index = properties.findIndex((property) => holdsSignal(property['value'], settings.signal));
  const property = properties[index]!;
  const spreads = properties.filter(({ type }) => type === 'SpreadElement').map(({ argument }) => argument);
  return restoreValue(property['value'] as Node, settings).flatMap((restored) => {
    // What was spread into the new object is still there.
    const isSpread =
      restored !== null && spreads.some((spread) => isMemberOf(restored, spread, nameOf(property['key'])));
    if (restored === null && !isSpread && !spreads.every((spread) => settings.canLose(spread, nameOf(property['key']))))
      return [];
    const ways =
      restored === null || isSpread
        ? [[], ...(restored ? [[{ ...property, value: restored }]] : [])]
        : [[{ ...property, value: restored }]];
    return ways.flatMap((way) => withoutObject({ ...value, properties: properties.toSpliced(index, 1, ...way) }));
  });
}

const isSwitchedOff = ({ type, key, value }: Node): boolean =>
  type === 'ObjectProperty' && /retries/i.test(nameOf(key)) && isType(value, 'NumericLiteral') && value['value'] === 0;

function hasSwitchedOff(request: Node): boolean {
  let found = false;
  walk(request['arguments'], request, (node) => void (found ||= isSwitchedOff(node)));
  return found;
}

/** Ways to restore a property; null: there was none. */
function restoreProperty(
  property: Node,
  { signal, moved, canLose, isStated }: Settings,
  spreads: readonly unknown[],
): (Node | null)[] {
  const limit = moved.get('totalTimeoutMs');
  const isAdded = isSignal(property, signal) || isSwitchedOff(property);
  if (!isAdded) return [property];
  const retries = moved.get('maxRetries');
  const value = isSwitchedOff(property) ? retries : limit ? timeoutSignal(limit) : moved.get('signal');
  // What the helper takes from a spread is still there.
  const isSpread =
    value !== undefined &&
    spreads.some((spread) => isMemberOf(withoutDefault(value, isStated), spread, nameOf(property['key'])));
  // A number may be the client's.
  const isClients =
    value !== undefined &&
    value === retries &&
    isStated(value) &&
    spreads.every((spread) => canLose(spread, nameOf(property['key'])));
  if (value && !isSpread)
    return [
      ...(isClients ? [null] : []),
      { ...property, value },
      ...(isSwitchedOff(property) ? withNull(value).map((old) => ({ ...property, value: old })) : []),
    ];
  // What was there and went nowhere is lost.
  if (!isSpread && !spreads.every((spread) => canLose(spread, nameOf(property['key'])))) return [];
  return [null, ...NOTHING.map((nothing) => ({ ...property, value: nothing }))];
}

/** `options?.maxRetries` of `options?.maxRetries ?? 0`. */
const withoutDefault = (value: Node, isStated: Settings['isStated']): Node =>
  value.type === 'LogicalExpression' && value['operator'] === '??' && isStated(value['right'])
    ? (value['left'] as Node)
    : value;

/** `retries ?? undefined` may have been `retries`, or `retries ?? null`. */
function withNull(value: Node): Node[] {
  if (value.type !== 'LogicalExpression' || value['operator'] !== '??' || !isNamed(value['right'], 'undefined'))
    return [];
  return [value['left'] as Node, ...NOTHING.map((right) => ({ ...value, right }))];
}

/** Nothing in the file gives the value such a member. */
export function cannotHold(file: Node, spread: unknown, name: string, method: string): boolean {
  const value = bare(spread);
  if (isType(value, 'LogicalExpression'))
    return (
      (value['operator'] === '&&' || cannotHold(file, value['left'], name, method)) &&
      cannotHold(file, value['right'], name, method)
    );
  if (isType(value, 'ConditionalExpression'))
    return cannotHold(file, value['consequent'], name, method) && cannotHold(file, value['alternate'], name, method);
  if (isType(value, 'ObjectExpression')) {
    return listOf(value['properties']).every((property) =>
      property.type === 'SpreadElement'
        ? cannotHold(file, property['argument'], name, method)
        : property['computed'] !== true && nameOf(property['key']) !== name,
    );
  }
  if (!isType(value, 'Identifier')) return isNode(value) && /^(Null|Boolean|String|Numeric)Literal$/.test(value.type);
  const facts = findNameFacts(file, nameOf(value));
  if (facts.isTyped || nameOf(value) === 'undefined') return true;
  const isKept =
    facts.inits.length > 0 &&
    !facts.written.has(name) &&
    !facts.isShared &&
    facts.passedTo.every((callee) => [method, 'log', 'stringify'].includes(callee));
  return isKept && facts.inits.every((init) => cannotHold(file, init, name, method));
}

const isMemberOf = (value: Node, object: unknown, name: string): boolean =>
  /MemberExpression$/.test(value.type) &&
  isNamed(value['property'], name) &&
  findDifference(value['object'], object) === null;

const timeoutSignal = (limit: Node): Node => ({
  type: 'CallExpression',
  callee: {
    type: 'MemberExpression',
    object: { type: 'Identifier', name: 'AbortSignal' },
    property: { type: 'Identifier', name: 'timeout' },
    computed: false,
  },
  arguments: [limit],
});
