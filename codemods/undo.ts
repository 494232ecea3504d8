import { bodyOf, countReads, fieldsOf, findDifference, isNamed, isNode, isType, listOf, nameOf, type Node, walk } from './babel.ts';
import { HELPER, RESTART } from './codemod.ts';
import { findNameFacts, findOptionValues } from './names.ts';
import { type Body, findGuard, findMember, findStreams, guarded, isCallOf, isHolder, readBodies, standsFor, type Streams } from './streams.ts';

/**
 * Takes rewritten trees apart again. Knows what a wrapped request looks like and nothing of how it was made: what it does not know
 * stays, and shows as a difference.
 */
export function undoRewrite(original: Node, rewritten: Node, helper: string): Node {
  const names = findHelperNames(rewritten, helper);
  const undone: Node = { ...rewritten, program: { ...(rewritten['program'] as Node), body: withoutAddedImports(original, rewritten, helper) } };
  return unwrap(original, undone, { original, names, streams: findStreams(rewritten, names.open) }) as Node;
}

/** A name of the helper that the original has no import of, and used for something else. */
export function findCapture(original: Node, rewritten: Node, helper: string): string | null {
  const known = takenFrom(original, helper).map(({ local }) => local);
  const added = takenFrom(rewritten, helper).filter(({ local }) => !known.includes(local));
  return added.find(({ local }) => countReads(original['program'], local) > 0)?.local ?? null;
}

// ── What the file takes from the helper ─────────────────────────────────────────────────────────────────────────────

interface Taken {
  readonly exported: string;
  readonly local: string;
}

const takenFrom = (file: Node, helper: string): Taken[] => bodyOf(file).flatMap((statement) => [...(findTaken(statement, helper)?.values() ?? [])]);

/** The names that a statement takes from the helper's module, by their nodes; null where it takes none. */
function findTaken(statement: Node, helper: string): Map<Node, Taken> | null {
  if (statement.type === 'ImportDeclaration') {
    if ((statement['source'] as Node)['value'] !== helper || statement['importKind'] === 'type') return null;
    const named = listOf(statement['specifiers']).filter(({ type, importKind }) => type === 'ImportSpecifier' && importKind !== 'type');
    return new Map(named.map((node) => [node, { exported: nameOf(node['imported']), local: nameOf(node['local']) }]));
  }
  const [declarator, ...others] = listOf(statement['declarations']);
  if (statement.type !== 'VariableDeclaration' || !declarator || others.length > 0) return null;
  const { id, init } = declarator as { id?: unknown; init?: unknown };
  if (!isType(id, 'ObjectPattern') || !isType(init, 'CallExpression') || !isNamed(init['callee'], 'require')) return null;
  const [module] = listOf(init['arguments']);
  if (module?.['value'] !== helper) return null;
  return new Map(listOf(id['properties']).map((node) => [node, { exported: nameOf(node['key']), local: nameOf(node['value']) }]));
}

function withoutAddedImports(original: Node, rewritten: Node, helper: string): Node[] {
  const known = takenFrom(original, helper);
  const isKnown = (names: Taken): boolean => known.some(({ exported, local }) => names.exported === exported && names.local === local);
  // Its own mention in the import is one.
  const isUsed = ({ exported, local }: Taken): boolean => [HELPER, RESTART].includes(exported) && countReads(rewritten['program'], local) > 1;
  return bodyOf(rewritten).flatMap((statement) => {
    const taken = findTaken(statement, helper);
    const added = taken ? [...taken].filter(([, names]) => !isKnown(names) && isUsed(names)).map(([node]) => node) : [];
    return added.length === 0 ? [statement] : withoutNames(statement, added);
  });
}

function withoutNames(statement: Node, added: readonly Node[]): Node[] {
  const left = (nodes: unknown): Node[] => listOf(nodes).filter((node) => !added.includes(node));
  if (statement.type === 'ImportDeclaration') {
    const specifiers = left(statement['specifiers']);
    return specifiers.length > 0 ? [{ ...statement, specifiers }] : [];
  }
  const [declarator] = listOf(statement['declarations']);
  const id = declarator!['id'] as Node;
  const properties = left(id['properties']);
  return properties.length > 0 ? [{ ...statement, declarations: [{ ...declarator!, id: { ...id, properties } }] }] : [];
}

/** Local names of what the helper exports. */
interface HelperNames {
  readonly open: readonly string[];
  readonly restart: readonly string[];
}

export function findHelperNames(file: Node, helper: string): HelperNames {
  const taken = takenFrom(file, helper);
  const localsOf = (name: string): string[] => taken.filter(({ exported }) => exported === name).map(({ local }) => local);
  return { open: localsOf(HELPER), restart: localsOf(RESTART) };
}

// ── The call ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Context {
  readonly original: Node;
  readonly names: HelperNames;
  readonly streams: Streams;
}

/** A copy in which each helper call that the original lacks at that place is replaced by the request in it. */
function unwrap(before: unknown, after: unknown, context: Context): unknown {
  if (Array.isArray(after)) return after.map((item, index) => unwrap(Array.isArray(before) ? before[index] : null, item, context));
  if (!isNode(after)) return after;
  const old = isNode(before) ? before : null;
  const isNew = isHelperCall(after, context) && !(old && isHelperCall(old, context));
  const request = isNew ? takeApart(after, context).find((candidate) => findDifference(old, candidate) === null) : undefined;
  if (request) return request;
  const putBack = old && putStreamBack(old, after, context);
  if (putBack || isNew) return putBack ?? after;
  const copy: Node = { ...after };
  for (const field of fieldsOf(after)) copy[field] = unwrap(old?.[field], after[field], context);
  return copy;
}

const isHelperCall = (node: Node, { names }: Context): boolean => isCallOf(node, names.open);

/** Each way in which the request can have been written; [] where the call is none of ours. */
function takeApart(node: Node, context: Context): Node[] {
  const [open, options, ...more] = listOf(node['arguments']);
  if (!isType(open, 'ArrowFunctionExpression') || more.length > 0) return [];
  const signal = findSignalName(listOf(open['params']));
  const moved = readMoved(options, context);
  if (signal === null || moved === null) return [];
  // Anything else that speaks of the attempt's signal spoke of another variable before.
  if (signal !== '' && countReads(open['body'], signal) !== 1) return [];
  return readBodies(open['body'])
    .filter(({ isAwaited }) => (open['async'] === true) === isAwaited)
    .flatMap((body) => restoreBody(body, signal, moved, context));
}

/** The request alone, and with what takes the stream out of it where it stands. */
function restoreBody({ request }: Body, signal: string, moved: Moved, context: Context): Node[] {
  const method = nameOf((request['callee'] as Node)['property']);
  if (signal !== '') return restoreRequest(request, { signal, moved, canLose: (spread, name) => cannotHold(context.original, spread, name, method), isStated: (retries) => isNode(retries) && isCount(retries, context) });
  return moved.size === 0 || isKeptController(moved, request) ? [request] : [];
}

/** Where the original takes the stream out of a result, and the rewritten tree has the helper's stream; null where it does not. */
function putStreamBack(before: Node, after: Node, context: Context): Node | null {
  if (before.type === 'VariableDeclarator') return putPatternBack(before, after, context);
  const guard = findGuard(before);
  if (guard !== null && findGuard(after) !== guard && context.streams.bodies.some((body) => body.guard === guard)) {
    return isHolder(after, context.streams) ? { ...before, [guarded(before)]: unwrap(before[guarded(before)], after, context) } : null;
  }
  const member = findMember(before);
  if (!member || !isHolder(after, context.streams)) return null;
  const name = nameOf(member['property']);
  const text = findText(after);
  if (nameOf(findMember(after)?.['property']) === name || !standsFor(name, text !== null, context.streams)) return null;
  const restored = { ...member, object: unwrap(member['object'], text ?? after, context) };
  return member === before ? restored : { ...before, callee: restored };
}

/** `stream` of `stream.text()`. */
function findText(node: unknown): Node | null {
  const member = isType(node, 'CallExpression') && listOf(node['arguments']).length === 0 ? findMember(node) : null;
  return member && isNamed(member['property'], 'text') ? (member['object'] as Node) : null;
}

/** `const { stream } = …` that has become `const stream = …`. */
function putPatternBack(before: Node, after: Node, context: Context): Node | null {
  const [property, ...others] = isType(before['id'], 'ObjectPattern') ? listOf(before['id']['properties']) : [];
  if (!property || others.length > 0 || !isType(after['id'], 'Identifier') || nameOf(property['value']) !== nameOf(after['id'])) return null;
  const text = findText(after['init']);
  const isOurs = isHolder(after['init'], context.streams) && standsFor(nameOf(property['key']), text !== null, context.streams);
  return isOurs ? { ...after, id: before['id'], init: unwrap(before['init'], text ?? after['init'], context) } : null;
}

/** `{ signal: controller.signal }`, where the request still has the controller. */
function isKeptController(moved: Moved, request: Node): boolean {
  const signal = moved.get('signal');
  if (!signal || moved.size > 1 || !/MemberExpression$/.test(signal.type) || !isNamed(signal['property'], 'signal')) return false;
  let isKept = false;
  walk(request['arguments'], null, (node) => {
    const value = isType(node, 'ObjectProperty') && /controller$/i.test(nameOf(node['key'])) ? node['value'] : null;
    const controller = signal['object'];
    isKept ||= value !== null && findDifference(value, controller) === null;
    // `options?.abortController` of `options` that are passed as they are.
    isKept ||= isNode(controller) && /controller$/i.test(nameOf(controller['property'])) && findDifference(node, controller['object']) === null;
  });
  return isKept;
}

/** The local name in `({ signal }) =>`; '' where the callback takes nothing, null where it is none of ours. */
function findSignalName(params: readonly Node[]): string | null {
  const [param, ...more] = params;
  if (!param) return '';
  const [property, ...others] = listOf(param['properties']);
  if (more.length > 0 || others.length > 0 || param.type !== 'ObjectPattern' || nameOf(property?.['key']) !== 'signal') return null;
  return nameOf(property!['value']) || null;
}

/** Values that went from the request to the helper's options, by the names they have there; null where an option is none of ours. */
type Moved = ReadonlyMap<string, Node>;

function readMoved(options: Node | undefined, context: Context): Moved | null {
  const moved = new Map<string, Node>();
  if (options === undefined) return moved;
  if (options.type !== 'ObjectExpression') return null;
  for (const property of listOf(options['properties'])) {
    const name = nameOf(property['key']);
    const value = property['value'] as Node;
    if (property.type !== 'ObjectProperty' || property['computed'] === true) return null;
    if (name === 'recover' && isUndo(value, context)) continue;
    const isStated = name === 'openTimeoutMs' ? isValueOf('timeout', value, context) : name === 'maxRetries' && isCount(value, context);
    if (!isStated && !['signal', 'totalTimeoutMs', 'maxRetries'].includes(name)) return null;
    if (!isStated || name === 'maxRetries') moved.set(name, value);
  }
  return moved;
}

/** The original has an option of that name and value: of the request, or of its client. */
const isValueOf = (name: string, value: Node, { original }: Context): boolean => findOptionValues(original, name).some((known) => findDifference(known, value) === null);

/** A number that the client was made with, or none at all in a loop that tries again by itself. */
const isCount = (value: Node, context: Context): boolean => value.type === 'NumericLiteral' && (value['value'] === 0 || isValueOf('maxRetries', value, context));

/** `restart(() => { text = ''; })`, where `text` was declared with just that value. */
function isUndo(value: Node, { original, names }: Context): boolean {
  const [callback, ...more] = listOf(value['arguments']);
  if (value.type !== 'CallExpression' || !names.restart.includes(nameOf(value['callee'])) || more.length > 0) return false;
  if (!isType(callback, 'ArrowFunctionExpression') || listOf(callback['params']).length > 0 || !isType(callback['body'], 'BlockStatement')) return false;
  const statements = listOf(callback['body']['body']);
  return statements.length > 0 && statements.every(({ expression }) => isType(expression, 'AssignmentExpression') && isReset(expression, original));
}

function isReset({ operator, left, right }: Node, original: Node): boolean {
  const isEmptying = isType(left, 'MemberExpression') && isNamed(left['property'], 'length') && isType(right, 'NumericLiteral') && right['value'] === 0;
  const { inits } = findNameFacts(original, nameOf(isEmptying ? left['object'] : left));
  if (operator !== '=') return false;
  return inits.some((init) => (isEmptying ? isType(init, 'ArrayExpression') && listOf(init['elements']).length === 0 : findDifference(init, right) === null));
}

// ── Its options ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface Settings {
  readonly signal: string;
  readonly moved: Moved;
  /** What is spread into the options surely has no such member. */
  readonly canLose: (spread: unknown, name: string) => boolean;
  /** A number of retries that the file states elsewhere. */
  readonly isStated: (retries: unknown) => boolean;
}

function restoreRequest(request: Node, settings: Settings): Node[] {
  const args = request['arguments'] as unknown[];
  const index = args.findIndex((argument) => holdsSignal(argument, settings.signal));
  if (index === -1) return [];
  return restoreValue(args[index] as Node, settings).flatMap((argument) => {
    if (argument) return [{ ...request, arguments: args.toSpliced(index, 1, argument) }];
    // Arguments that were left out may have been filled up.
    const filled = args.slice(0, index).reverse().findIndex((each) => !isNamed(each, 'undefined'));
    return Array.from({ length: (filled === -1 ? index : filled) + 1 }, (_, count) => ({ ...request, arguments: args.toSpliced(index - count, 1 + count) }));
  });
}

/** The value without casts. */
function bare(value: unknown): unknown {
  return isNode(value) && /^TS.*(?:As|Satisfies|NonNull|Assertion)/.test(value.type) ? bare(value['expression']) : value;
}

const isSignal = (property: Node, signal: string): boolean => property.type === 'ObjectProperty' && isNamed(property['value'], signal);

function holdsSignal(value: unknown, signal: string): boolean {
  const object = bare(value);
  return isType(object, 'ObjectExpression') && listOf(object['properties']).some((property) => isSignal(property, signal) || holdsSignal(property['value'], signal));
}

/** Ways to restore what holds the signal; null: there was nothing. */
function restoreValue(value: Node, settings: Settings): (Node | null)[] {
  if (value.type !== 'ObjectExpression') {
    return restoreValue(value['expression'] as Node, settings).flatMap((expression) => (expression ? [{ ...value, expression }] : []));
  }
  const properties = listOf(value['properties']);
  if (!properties.some((property) => isSignal(property, settings.signal))) return restoreNested(value, settings);
  const spreads = properties.filter(({ type }) => type === 'SpreadElement').map(({ argument }) => argument);
  return choices(properties.map((property) => restoreProperty(property, settings, spreads))).flatMap((kept) => withoutObject({ ...value, properties: kept }));
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
  return alternatives.reduce<Node[][]>((lists, each) => lists.flatMap((list) => each.map((node) => (node ? [...list, node] : list))), [[]]);
}

function restoreNested(value: Node, settings: Settings): (Node | null)[] {
  const properties = listOf(value['properties']);
  const index = properties.findIndex((property) => holdsSignal(property['value'], settings.signal));
  const property = properties[index]!;
  const spreads = properties.filter(({ type }) => type === 'SpreadElement').map(({ argument }) => argument);
  return restoreValue(property['value'] as Node, settings).flatMap((restored) => {
    // What was spread into the new object is still there.
    const isSpread = restored !== null && spreads.some((spread) => isMemberOf(restored, spread, nameOf(property['key'])));
    if (restored === null && !isSpread && !spreads.every((spread) => settings.canLose(spread, nameOf(property['key'])))) return [];
    const ways = restored === null || isSpread ? [[], ...(restored ? [[{ ...property, value: restored }]] : [])] : [[{ ...property, value: restored }]];
    return ways.flatMap((way) => withoutObject({ ...value, properties: properties.toSpliced(index, 1, ...way) }));
  });
}

const isSwitchedOff = ({ type, key, value }: Node): boolean =>
  type === 'ObjectProperty' && /retries/i.test(nameOf(key)) && isType(value, 'NumericLiteral') && value['value'] === 0;

/** Ways to restore a property; null: there was none. */
function restoreProperty(property: Node, { signal, moved, canLose, isStated }: Settings, spreads: readonly unknown[]): (Node | null)[] {
  const limit = moved.get('totalTimeoutMs');
  const isAdded = isSignal(property, signal) || isSwitchedOff(property);
  if (!isAdded) return [property];
  const retries = moved.get('maxRetries');
  const value = isSwitchedOff(property) ? retries : limit ? timeoutSignal(limit) : moved.get('signal');
  // What the helper takes from a spread is still there.
  const isSpread = value !== undefined && spreads.some((spread) => isMemberOf(withoutDefault(value, isStated), spread, nameOf(property['key'])));
  // A number may be the client's.
  const isClients = value !== undefined && value === retries && isStated(value) && spreads.every((spread) => canLose(spread, nameOf(property['key'])));
  if (value && !isSpread) return [...(isClients ? [null] : []), { ...property, value }, ...(isSwitchedOff(property) ? withNull(value).map((old) => ({ ...property, value: old })) : [])];
  // What was there and went nowhere is lost.
  if (!isSpread && !spreads.every((spread) => canLose(spread, nameOf(property['key'])))) return [];
  return [null, ...NOTHING.map((nothing) => ({ ...property, value: nothing }))];
}

/** `options?.maxRetries` of `options?.maxRetries ?? 0`. */
const withoutDefault = (value: Node, isStated: Settings['isStated']): Node => (value.type === 'LogicalExpression' && value['operator'] === '??' && isStated(value['right']) ? (value['left'] as Node) : value);

/** `retries ?? undefined` may have been `retries`, or `retries ?? null`. */
function withNull(value: Node): Node[] {
  if (value.type !== 'LogicalExpression' || value['operator'] !== '??' || !isNamed(value['right'], 'undefined')) return [];
  return [value['left'] as Node, ...NOTHING.map((right) => ({ ...value, right }))];
}

/** Nothing in the file gives the value such a member. */
function cannotHold(file: Node, spread: unknown, name: string, method: string): boolean {
  const value = bare(spread);
  if (isType(value, 'LogicalExpression')) return (value['operator'] === '&&' || cannotHold(file, value['left'], name, method)) && cannotHold(file, value['right'], name, method);
  if (isType(value, 'ConditionalExpression')) return cannotHold(file, value['consequent'], name, method) && cannotHold(file, value['alternate'], name, method);
  if (isType(value, 'ObjectExpression')) {
    return listOf(value['properties']).every((property) =>
      property.type === 'SpreadElement' ? cannotHold(file, property['argument'], name, method) : property['computed'] !== true && nameOf(property['key']) !== name,
    );
  }
  if (!isType(value, 'Identifier')) return isNode(value) && /^(Null|Boolean|String|Numeric)Literal$/.test(value.type);
  const facts = findNameFacts(file, nameOf(value));
  if (facts.isTyped || nameOf(value) === 'undefined') return true;
  const isKept = facts.inits.length > 0 && !facts.written.has(name) && !facts.isShared && facts.passedTo.every((callee) => [method, 'log', 'stringify'].includes(callee));
  return isKept && facts.inits.every((init) => cannotHold(file, init, name, method));
}

const isMemberOf = (value: Node, object: unknown, name: string): boolean =>
  /MemberExpression$/.test(value.type) && isNamed(value['property'], name) && findDifference(value['object'], object) === null;

const timeoutSignal = (limit: Node): Node => ({
  type: 'CallExpression',
  callee: { type: 'MemberExpression', object: { type: 'Identifier', name: 'AbortSignal' }, property: { type: 'Identifier', name: 'timeout' }, computed: false },
  arguments: [limit],
});
