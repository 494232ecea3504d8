import { bodyOf, countReads, fieldsOf, findDifference, isNamed, isNode, isType, listOf, nameOf, type Node, walk } from './babel.ts';

/**
 * Takes rewritten trees apart again. Knows what a wrapped request looks like and nothing of how it was made: what it does not know
 * stays, and shows as a difference.
 */
export function undoRewrite(original: Node, rewritten: Node, helper: string): Node {
  const names = findHelperNames(rewritten, helper);
  const undone: Node = { ...rewritten, program: { ...(rewritten['program'] as Node), body: withoutAddedImports(original, rewritten, helper) } };
  return unwrap(original, undone, { original, names }) as Node;
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

const NAMES = ['resilientStream', 'restart'];

function withoutAddedImports(original: Node, rewritten: Node, helper: string): Node[] {
  const known = takenFrom(original, helper);
  const isKnown = (names: Taken): boolean => known.some(({ exported, local }) => names.exported === exported && names.local === local);
  // Its own mention in the import is one.
  const isUsed = ({ exported, local }: Taken): boolean => NAMES.includes(exported) && countReads(rewritten['program'], local) > 1;
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

interface HelperNames {
  /** Local names of `resilientStream`. */
  readonly open: readonly string[];
  /** Local names of `restart`. */
  readonly restart: readonly string[];
}

function findHelperNames(file: Node, helper: string): HelperNames {
  const taken = takenFrom(file, helper);
  const localsOf = (name: string): string[] => taken.filter(({ exported }) => exported === name).map(({ local }) => local);
  return { open: localsOf('resilientStream'), restart: localsOf('restart') };
}

// ── The call ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Context {
  readonly original: Node;
  readonly names: HelperNames;
}

/** A copy in which each helper call that the original lacks at that place is replaced by the request in it. */
function unwrap(before: unknown, after: unknown, context: Context): unknown {
  if (Array.isArray(after)) return after.map((item, index) => unwrap(Array.isArray(before) ? before[index] : null, item, context));
  if (!isNode(after)) return after;
  const old = isNode(before) ? before : null;
  if (isHelperCall(after, context) && !(old && isHelperCall(old, context))) {
    return takeApart(after, context).find((candidate) => findDifference(old, candidate) === null) ?? after;
  }
  const copy: Node = { ...after };
  for (const field of fieldsOf(after)) copy[field] = unwrap(old?.[field], after[field], context);
  return copy;
}

const isHelperCall = (node: Node, { names }: Context): boolean => node.type === 'CallExpression' && names.open.includes(nameOf(node['callee']));

/** Each way in which the request can have been written; [] where the call is none of ours. */
function takeApart(node: Node, context: Context): Node[] {
  const [open, options, ...more] = listOf(node['arguments']);
  if (!isType(open, 'ArrowFunctionExpression') || open['async'] === true || more.length > 0) return [];
  const request = open['body'];
  const signal = findSignalName(listOf(open['params']));
  const moved = readMoved(options, context);
  if (!isType(request, 'CallExpression') || signal === null || moved === null) return [];
  // Anything else that speaks of the attempt's signal spoke of another variable before.
  if (signal === '') return moved.size === 0 ? [request] : [];
  return countReads(request, signal) === 1 ? restoreRequest(request, { signal, moved }) : [];
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
    if (!['signal', 'totalTimeoutMs', 'maxRetries'].includes(name)) return null;
    moved.set(name, value);
  }
  return moved;
}

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
  const name = nameOf(isEmptying ? (left)['object'] : left);
  let found = false;
  walk(original, null, (node) => {
    if (node.type !== 'VariableDeclarator' || nameOf(node['id']) !== name) return;
    const { init } = node as { init?: unknown };
    found ||= isEmptying ? isType(init, 'ArrayExpression') && listOf(init['elements']).length === 0 : findDifference(init, right) === null;
  });
  return operator === '=' && found;
}

// ── Its options ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface Settings {
  readonly signal: string;
  readonly moved: Moved;
}

function restoreRequest(request: Node, settings: Settings): Node[] {
  const args = request['arguments'] as unknown[];
  const index = args.findIndex((argument) => holdsSignal(argument, settings.signal));
  if (index === -1) return [];
  return restoreValue(args[index] as Node, settings).map((argument) => ({ ...request, arguments: args.toSpliced(index, 1, ...(argument ? [argument] : [])) }));
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
  return choices(properties.map((property) => restoreProperty(property, settings, spreads))).flatMap((kept): (Node | null)[] => {
    const object: Node = { ...value, properties: kept };
    if (kept.length === 0) return [null, object, ...NOTHING];
    const spread = kept.length === 1 && isType(kept[0], 'SpreadElement') ? kept[0]['argument'] : null;
    return isNode(spread) ? [object, spread] : [object];
  });
}

/** What may stand where there is nothing to pass. */
const NOTHING: readonly Node[] = [{ type: 'Identifier', name: 'undefined' }, { type: 'NullLiteral' }];

/** Every way to take one of each; null is taken as nothing. */
function choices(alternatives: readonly (readonly (Node | null)[])[]): Node[][] {
  return alternatives.reduce<Node[][]>((lists, each) => lists.flatMap((list) => each.map((node) => (node ? [...list, node] : list))), [[]]);
}

function restoreNested(value: Node, settings: Settings): Node[] {
  const properties = listOf(value['properties']);
  const index = properties.findIndex((property) => holdsSignal(property['value'], settings.signal));
  return restoreValue(properties[index]!['value'] as Node, settings).map((restored) => {
    const property = restored ? [{ ...properties[index]!, value: restored }] : [];
    return { ...value, properties: properties.toSpliced(index, 1, ...property) };
  });
}

const isSwitchedOff = ({ type, key, value }: Node): boolean =>
  type === 'ObjectProperty' && /retries/i.test(nameOf(key)) && isType(value, 'NumericLiteral') && value['value'] === 0;

/** Ways to restore a property; null: there was none. */
function restoreProperty(property: Node, { signal, moved }: Settings, spreads: readonly unknown[]): (Node | null)[] {
  const limit = moved.get('totalTimeoutMs');
  const isAdded = isSignal(property, signal) || isSwitchedOff(property);
  if (!isAdded) return [property];
  const value = isSwitchedOff(property) ? moved.get('maxRetries') : limit ? timeoutSignal(limit) : moved.get('signal');
  // What the helper takes from a spread is still there.
  if (!value || spreads.some((spread) => isMemberOf(value, spread, nameOf(property['key'])))) return [null, ...NOTHING.map((nothing) => ({ ...property, value: nothing }))];
  return [{ ...property, value }];
}

const isMemberOf = (value: Node, object: unknown, name: string): boolean =>
  /MemberExpression$/.test(value.type) && isNamed(value['property'], name) && findDifference(value['object'], object) === null;

const timeoutSignal = (limit: Node): Node => ({
  type: 'CallExpression',
  callee: { type: 'MemberExpression', object: { type: 'Identifier', name: 'AbortSignal' }, property: { type: 'Identifier', name: 'timeout' }, computed: false },
  arguments: [limit],
});
