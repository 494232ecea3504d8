import { createRequire } from 'node:module';
import { bodyOf, findDifference, forgetNodes, listOf, type Node, walk } from './babel.ts';
import { type Codemod, type CodemodOptions, defaultOptions } from './contract/codemod.ts';

export type Proof = { readonly ok: true } | { readonly ok: false; readonly reason: string };

interface Parser {
  parse(text: string, options: object): Node;
}

interface ParserOptions {
  readonly plugins: readonly unknown[];
}

interface JsCodeshift {
  readonly types: { astNodesAreEquivalent(a: unknown, b: unknown, problemPath?: (string | number)[]): boolean };
}

const load = createRequire(import.meta.url);

/**
 * The second opinion on a rewrite, by jscodeshift's parsers and its notion of equal trees. It shares nothing with what
 * computed the edits: the codemod's undoing takes the rewritten tree apart, and must give the tree of the original
 * back, with the comments.
 */
export function proveRewrite(
  codemod: Pick<Codemod, 'undo'>,
  path: string,
  before: string,
  after: string,
  options: CodemodOptions = defaultOptions,
): Proof {
  try {
    return prove(codemod, path, before, after, options);
  } finally {
    forgetNodes();
  }
}

function prove(
  { undo }: Pick<Codemod, 'undo'>,
  path: string,
  before: string,
  after: string,
  options: CodemodOptions,
): Proof {
  const trees = parseBoth(path, before, after);
  if ('reason' in trees) return trees;
  const [original, rewritten] = trees;
  const undone = undo(original, rewritten, options);
  if ('fault' in undone) return refuse(undone.fault);
  const comment = findChangedComment(original, undone.tree);
  if (comment !== null) return refuse(comment);
  const difference = findTreeDifference(original, undone.tree);
  return difference === null
    ? { ok: true }
    : refuse(`undoing the edit does not give the original back: they differ at ${difference}.`);
}

const refuse = (reason: string): Proof => ({ ok: false, reason });

function parseBoth(
  path: string,
  before: string,
  after: string,
): readonly [Node, Node] | { readonly ok: false; readonly reason: string } {
  const trees: Node[] = [];
  for (const [what, text] of [
    ['original', before],
    ['rewritten', after],
  ] as const) {
    try {
      trees.push(parse(path, text));
    } catch (error) {
      return { ok: false, reason: `jscodeshift does not parse the ${what} text: ${(error as Error).message}.` };
    }
  }
  const [original, rewritten] = trees as [Node, Node];
  forgetLayout(original);
  const shared = shareStatements(original, before, rewritten, after);
  forgetLayout(shared);
  return [original, shared];
}

/**
 * As its 'ts' and 'tsx' parsers do, but for what only printing needs: the list of tokens, and which comment belongs to
 * whom. That takes a third of the time.
 */
function parse(path: string, text: string): Node {
  const options = load('jscodeshift/parser/tsOptions') as ParserOptions;
  const parser = createRequire(load.resolve('jscodeshift'))('@babel/parser') as Parser;
  return parser.parse(text, {
    ...options,
    tokens: false,
    attachComment: false,
    plugins: /\.[cm]?ts$/i.test(path) ? options.plugins : ['jsx', ...options.plugins],
  });
}

/**
 * The rewritten tree, in which the statements at the top whose text is in the original to the byte have the original's
 * own nodes. Of the same text, at the top of a module, the parser makes the same tree: whoever comes by need not go in
 * to see.
 */
function shareStatements(original: Node, before: string, rewritten: Node, after: string): Node {
  const textOf = (text: string, { start, end }: Node): string => text.slice(start as number, end as number);
  const known = new Map(bodyOf(original).map((statement) => [textOf(before, statement), statement]));
  const body = bodyOf(rewritten).map((statement) => {
    const same = known.get(textOf(after, statement));
    return same ? { ...same, start: statement['start'], end: statement['end'] } : statement;
  });
  return { ...rewritten, program: { ...(rewritten['program'] as Node), body } };
}

/** Comments are no part of the tree; they are compared by text and order. */
function findChangedComment(before: Node, after: Node): string | null {
  const [old, now] = [before, after].map((file) =>
    listOf(file['comments']).map(({ type, value }) => `${type} ${String(value)}`),
  );
  if (old!.length !== now!.length) return `the file had ${old!.length} comments and has ${now!.length}.`;
  const changed = old!.findIndex((comment, index) => comment !== now![index]);
  return changed === -1 ? null : `comment ${changed + 1} is not what it was.`;
}

function findTreeDifference(original: Node, undone: Node): string | null {
  const [before, after] = [original['program'], undone['program']];
  const difference = findDifference(before, after);
  if (difference !== null) return `\`${difference}\``;
  const { types } = load('jscodeshift') as JsCodeshift;
  const problem: (string | number)[] = [];
  return types.astNodesAreEquivalent(before, after, problem) ? null : `\`${problem.join('.')}\``;
}

/** Takes out where things stand, which ast-types compares too. `{ signal: signal }` may come back as `{ signal }`. */
function forgetLayout(tree: Node): void {
  walk(tree['program'], null, (node) => {
    const extra = node['extra'] as { raw?: unknown } | undefined;
    node['extra'] = extra?.raw === undefined ? undefined : { raw: extra.raw };
    if (node.type === 'ObjectProperty') node['shorthand'] = false;
  });
}
