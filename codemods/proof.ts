/**
 * The proof of a rewrite, by jscodeshift's parsers. It knows no codemod, only the edits and the forms that the codemod
 * declares (`contract/forms.ts`). Where no edit is, the trees are the same. What edits keep is the same code in the same
 * order and function, but for what they defer. Each name means what it meant. All else is of those forms.
 * A tree shows no behaviour. Whether a request may be evaluated once per attempt is tested in `test/codemods/again/` and
 * in `wrap-in-resilient-stream.test.ts` beside it; whether the right variable is reset, by `npm run lab:programs`.
 */
import { createRequire } from 'node:module';
import type { Rewrite } from './contract/codemod.ts';
import { applyEdits, findOrigin, placeEdits, type TextEdit } from './contract/edits.ts';
import type { Forms } from './contract/forms.ts';
import { type Code, type Facts, findKnown, readEdits, type Rewriting } from './contract/read-edits.ts';

/** Babel's tree, with nothing taken for granted about it. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

type Range = TextEdit['range'];
type Made = Pick<Rewrite, 'edits' | 'deferred'>;

/** The original, or the rewritten text. */
interface Version extends Code {
  readonly text: string;
  readonly root: Kept;
  readonly comments: readonly Node[];
  /** What edits take out of it, or put into it. */
  readonly changed: readonly Range[];
}

interface Run extends Rewriting {
  readonly before: Version;
  readonly after: Version;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null | undefined)?.type === 'string';
const nameOf = (node: unknown): string => (isNode(node) && typeof node['name'] === 'string' ? node['name'] : '');
/** Where a node stands, and what follows from the rest of it. */
const ASIDE = new Set(['loc', 'start', 'end', 'extra', 'errors', 'comments', 'shorthand', 'optional', 'type']);
const fieldsOf = (node: Node): string[] => Object.keys(node).filter((field) => !ASIDE.has(field));
const isWithin = (start: number, end: number, [from, to]: Range): boolean => start >= from && end <= to;
const rangeOf = ({ start, end }: Node): Range => [start, end];
const blank = (text: string, start: number, end: number): string =>
  text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
const wordsOf = (text: string): readonly string[] => text.match(/[\w$\u0080-\uffff]+/g) ?? [];

const load = createRequire(import.meta.url);
let parsed: readonly { readonly key: string; readonly tree: Node }[] = [];
/** To be told when nobody proves anything of the last texts any more. */
export const forgetTrees = (): void => void (parsed = []);

/** As jscodeshift's 'ts' and 'tsx' parsers do, without what only printing needs. The last two texts are kept. */
function readVersion(path: string, text: string, changed: readonly Range[]): Version {
  const key = `${path} ${text}`;
  let tree = parsed.find((each) => each.key === key)?.tree;
  if (!tree) {
    const options = load('jscodeshift/parser/tsOptions') as { readonly plugins: readonly unknown[] };
    const plugins = /\.[cm]?ts$/i.test(path) ? options.plugins : ['jsx', ...options.plugins];
    const parser = createRequire(load.resolve('jscodeshift'))('@babel/parser') as {
      parse(text: string, options: object): Node;
    };
    tree = parser.parse(text, { ...options, tokens: false, attachComment: false, plugins });
    parsed = [...parsed.slice(-1), { key, tree }];
  }
  const root = { field: '', node: tree['program'] as Node, inside: null };
  const comments = tree['comments'] as readonly Node[];
  const code = comments.reduce((rest, { start, end }) => blank(rest, start, end), text);
  return { text, code, root, comments, changed, isNodeAt: (offset, wanted) => isNodeAt(root.node, offset, wanted) };
}

/** A node that is left when those that edits change are taken away, in a field of the nearest such node around it. */
interface Kept {
  readonly field: string;
  readonly node: Node;
  /** Null where no edit is in it. */
  readonly inside: readonly Kept[] | null;
}

/** `{ a }` holds one node, where that is the key and the value. */
function childrenOf(node: Node): readonly Kept[] {
  const children = fieldsOf(node).flatMap((field) =>
    [node[field]].flat().flatMap((child) => (isNode(child) ? [{ field, node: child, inside: null }] : [])),
  );
  const own = children.filter(({ node }, index) => children[index + 1]?.node.start !== node.start);
  return own.sort((a, b) => a.node.start - b.node.start);
}

/** A node of the tree begins there that reads so; of a variable with a type, the name does. */
const isNodeAt = (node: Node, start: number, text: string): boolean =>
  (node.start === start && (node.end === start + text.length || nameOf(node) === text)) ||
  childrenOf(node).some(
    ({ node: child }) => isWithin(start, start + 1, rangeOf(child)) && isNodeAt(child, start, text),
  );

/** Edits change all that the node itself consists of; parentheses may be those of what is in it. */
function isChanged({ code }: Version, node: Node, children: readonly Kept[], touching: readonly Range[]): boolean {
  const { type, start, end } = node;
  if (touching.some((range) => isWithin(start, end, range))) return true;
  const cut = (text: string, range: Range): string =>
    blank(text, Math.max(range[0] - start, 0), Math.min(range[1], end) - start);
  const own = children.reduce((text, child) => cut(text, rangeOf(child.node)), code.slice(start, end));
  const kept = touching.reduce(cut, own);
  return kept !== own && !(/Call|New/.test(type) ? /[^\s,;]/ : /[^\s,;()]/).test(kept);
}

interface Masked {
  readonly node: Node;
  readonly inside: readonly Kept[];
  /** The node around it is masked too. */
  readonly isPart: boolean;
}

/** What is left of a node; `masked` gets the nodes that are not. */
function mask(version: Version, { field, node }: Kept, masked: Masked[], isPart = false): readonly Kept[] {
  const touching = version.changed.filter(([start, end]) => start < node.end && end > node.start);
  if (touching.length === 0) return [{ field, node, inside: null }];
  const children = childrenOf(node);
  const isAway = node.type !== 'Program' && isChanged(version, node, children, touching);
  const own = isAway ? children.map((child) => ({ ...child, field })) : children;
  const inside = own.flatMap((child) => mask(version, child, masked, isAway));
  if (isAway) masked.push({ node, inside, isPart });
  return isAway ? inside : [{ field, node, inside }];
}

/** Where what is left of the trees differs; null where it does not. */
function findDifference(run: Run, before: readonly Kept[], after: readonly Kept[]): number | null {
  const rest = [...before];
  for (const kept of after) {
    for (let [first] = rest; first?.inside === null && typeOf(first.node) !== typeOf(kept.node); [first] = rest)
      rest.splice(0, 1, ...childrenOf(first.node).map((child) => ({ ...child, field: first.field })));
    const old = rest.shift();
    const difference = old?.field === kept.field ? compare(run, old, kept) : kept.node.start;
    if (difference !== null) return difference;
  }
  return rest.length === 0 ? null : (after.at(-1)?.node.end ?? 0);
}

/** What stands behind a `?.` is of another type than before. */
const typeOf = ({ type }: Node): string => type.replace('Optional', '');

function compare(run: Run, old: Kept, now: Kept): number | null {
  if (typeOf(old.node) !== typeOf(now.node)) return now.node.start;
  const isWhole = old.inside === null && now.inside === null;
  if (isWhole && findOrigin(run.edits, now.node.start) !== old.node.start) return now.node.start;
  if (isWhole) return isSame(old.node, now.node) ? null : now.node.start;
  const isPlain = (value: unknown): boolean => !isNode(value) && !Array.isArray(value);
  for (const field of fieldsOf(now.node))
    if (isPlain(old.node[field]) && isPlain(now.node[field]) && !isSame(old.node[field], now.node[field]))
      return now.node.start;
  return findDifference(run, old.inside ?? childrenOf(old.node), now.inside ?? childrenOf(now.node));
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  if (!isNode(a) || !isNode(b))
    return (a ?? false) === (b ?? false) || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
  if (typeOf(a) !== typeOf(b)) return false;
  for (const field in a) if (!ASIDE.has(field) && !isSame(a[field], b[field])) return false;
  return true;
}

/** Where code has come into another function without being deferred; null where none has. */
function findDeferral(run: Run, gone: readonly Masked[], added: readonly Masked[]): number | null {
  const around = (list: readonly Masked[]): readonly Masked[] =>
    list.filter(({ node, inside }) => /Function|Method$/.test(node.type) && inside.length > 0);
  const isDeferred = ({ node, inside }: Masked): boolean => {
    const ends = [inside[0]!.node.start, inside.at(-1)!.node.end - 1];
    const [start, last] = ends.map((offset) => findOrigin(run.edits, offset));
    // What waits for nothing need not be async.
    if (node['async'] === true && !run.after.code.slice(...rangeOf(node)).includes('await')) return false;
    return run.deferred.some((range) => range[0] === start && range[1] - 1 === last);
  };
  return around(gone).length > 0 ? 0 : (around(added).find((each) => !isDeferred(each))?.node.start ?? null);
}

interface Path extends Readonly<Record<'isReferencedIdentifier' | 'isBindingIdentifier', () => boolean>> {
  readonly key: unknown;
  readonly node: Node;
  readonly parent: Node;
  readonly scope: { getBinding(name: string): { readonly identifier: Node } | undefined };
}

type Declarations = ReadonlyMap<number, number | null>;

/** What declares each identifier that has one of the names, by their offsets; null: nothing in the file. */
function resolve({ root, code }: Version, names: ReadonlySet<string>): Declarations {
  const babel = createRequire(createRequire(load.resolve('jscodeshift')).resolve('@babel/core'))('@babel/traverse') as {
    default(tree: Node, visitor: Readonly<Record<string, (path: Path) => void>>): void;
  };
  const found = new Map<number, number | null>();
  const program = root.node as Node & { readonly body: readonly Node[] };
  // A statement at the top that has none of the names neither declares nor uses one.
  const body = program.body.filter(({ start, end }) => wordsOf(code.slice(start, end)).some((word) => names.has(word)));
  const visit = (path: Path): void => {
    const isMember = path.parent.type === 'TSQualifiedName' && path.key === 'right';
    if (!names.has(nameOf(path.node)) || isMember) return;
    if (path.isReferencedIdentifier() || path.isBindingIdentifier())
      found.set(path.node.start, path.scope.getBinding(nameOf(path.node))?.identifier.start ?? null);
  };
  babel.default(
    { type: 'File', start: 0, end: 0, program: { ...program, body } },
    { 'Identifier|JSXIdentifier': visit },
  );
  return found;
}

type Known = Run & { readonly facts: Facts; readonly old: Declarations; readonly now: Declarations };

/** A name that means something else than before, or than its form says; null where there is none. */
function findMeaning({ edits, forms, after, facts: { roles, copies }, old, now }: Known): string | null {
  const originsOf = (offset: number): readonly (number | null)[] => {
    const copy = copies.find(({ at, length }) => isWithin(offset, offset + 1, [at, at + length]));
    return copy ? copy.from.map((from) => from + offset - copy.at) : [findOrigin(edits, offset)];
  };
  if ([...roles.keys()].some((offset) => !now.has(offset))) return 'what is to be a variable is none.';
  for (const [offset, declared] of now) {
    const [[name = ''], hole] = [wordsOf(after.text.slice(offset, offset + 200)), roles.get(offset)];
    const isMeant = (origin: number | null): boolean => {
      const before = origin === null ? null : old.get(origin);
      return declared === null ? before === null : before != null && originsOf(declared).includes(before);
    };
    const isNew = (at: number): boolean => roles.get(at) === hole || findKnown(forms, after, hole!, name).includes(at);
    if (hole === undefined ? !originsOf(offset).some(isMeant) : declared === null || !isNew(declared))
      return `\`${name}\` means something else than it should.`;
    const uses = [...now].filter(([, its]) => its === declared).length;
    if (hole !== undefined && declared === offset && (uses < 2 || uses !== (forms.counts?.[hole] ?? uses)))
      return `\`${name}\` is not used as it should be.`;
  }
  return null;
}

/** What can vanish as a whole: no part of a statement, and no jump. */
const WHOLE = /^(?!Return|Throw|Break|Continue)\w*(?:Statement|Declaration)$/;
const OPERATES = /^(?:Unary|Update|Binary|Await|Yield|Assignment|Conditional)/;
const ACTS = /^(?:Throw|Yield|Tagged|Import|Export|Class)\w*(?:Statement|Expression|Declaration)$/;

/** What may not vanish and does; null where nothing does. */
function findLoss({ forms, edits, before, facts, old }: Known, masked: readonly Masked[]): string | null {
  const isChangedAt = (start: number, end: number): boolean =>
    before.changed.some((range) => start < range[1] && end > range[0]);
  const isCopied = (range: Range): boolean =>
    facts.copies.some(({ from, length }) => from.some((start) => isWithin(start, start + length, range)));
  const left = edits.reduceRight((text, { range }) => blank(text, ...range), before.text);
  if (!facts.moved.every(isCopied)) return 'code is taken away, and copied nowhere.';
  for (const { node, inside, isPart } of masked) {
    const isGone = facts.gone.some((range) => isWithin(node.start, node.start + 1, range));
    const isLeft = inside.length > 0 && OPERATES.test(node.type) && !forms.gone?.includes(node.type);
    if (!isPart && (isGone ? !WHOLE.test(node.type) : isLeft)) return 'a part of a statement is gone.';
    const callee = node['callee'] as Node | undefined;
    const act = callee ? nameOf(callee['property'] ?? callee) : ACTS.test(node.type) ? node.type : null;
    if (facts.moved.some((range) => isWithin(node.start, node.end, range))) continue;
    const isTwin = left.includes(before.text.slice(...rangeOf(node)));
    if (act !== null && !forms.gone?.includes(act) && !isTwin) return `\`${act}\` is gone.`;
    const target = (node['left'] ?? node['argument']) as Node;
    const declared = /^(?:Assignment|Update)E/.test(node.type) ? (old.get(target.start) ?? -1) : null;
    if (declared !== null && !isChangedAt(declared, declared + 1)) return 'what is kept is no longer written.';
  }
  return null;
}

function findComment({ forms, before, after, facts }: Known): string | null {
  const now = after.comments.filter(({ value }) => !forms.comments?.includes(String(value).trim()));
  for (const { type, value, start, end } of before.comments) {
    if (now[0]?.type === type && now[0]['value'] === value) now.shift();
    else if (!facts.gone.some((range) => isWithin(start, end, range))) return `\`${String(value)}\` is lost.`;
  }
  return now.length === 0 ? null : `\`${String(now[0]!['value'])}\` is new.`;
}

/** What is wrong with a rewritten text; null where the proof holds. */
export function proveRewrite(path: string, old: string, now: string, made: Made, forms: Forms): string | null {
  if (applyEdits(old, made.edits) !== now) return 'the text has changed outside of the edits.';
  const edits = placeEdits(made.edits);
  const [taken, added] = [edits.map(({ range }) => range), edits.map(({ at }) => at)];
  try {
    const [before, after] = [readVersion(path, old, taken), readVersion(path, now, added)];
    return prove({ forms, edits, deferred: made.deferred, before, after });
  } catch (error) {
    // What does not parse, and names that are declared twice.
    return `jscodeshift's Babel does not take it: ${(error as Error).message.replace(/\.$/, '')}.`;
  }
}

function prove(run: Run): string | null {
  const { before, after } = run;
  const lineOf = (text: string, offset: number): number => text.slice(0, offset).split(/\r\n|[\r\n]/).length;
  const [gone, added]: [Masked[], Masked[]] = [[], []];
  const [left, now] = [mask(before, before.root, gone), mask(after, after.root, added)];
  const moved = findDifference(run, left, now) ?? findDeferral(run, gone, added);
  if (moved !== null) return `line ${lineOf(after.text, moved)} is not what it was.`;
  const facts = readEdits(run);
  if ('range' in facts) return `the edit of line ${lineOf(before.text, facts.range[0])} is of no declared form.`;
  const names = new Set([...gone, ...added].map(({ node }) => nameOf(node)).filter((name) => name !== ''));
  const known: Known = { ...run, facts, old: resolve(before, names), now: resolve(after, names) };
  return findMeaning(known) ?? findLoss(known, gone) ?? findComment(known);
}
