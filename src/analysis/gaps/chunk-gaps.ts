import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import type { ChunkGap, StreamApi } from '../../providers/provider.ts';
import { findVariable } from '../source/bindings.ts';
import { type ChunkRead, findChunkReads, givesList, isReadAt } from '../loops/chunk-reads.ts';
import { findGuards, type Guarded, isGuarded } from './gap-guards.ts';
import { findChain, findLaterMembers, isOptionalInside, readsOf } from './optional-chains.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { StreamLoop } from '../facts/stream-loop.ts';
import { findUser, isInside, unwrap } from '../source/tree.ts';

/**
 * Code that reads on from a part of the chunk that some chunks lack; nothing on the way there has looked whether it is
 * there.
 */
export interface GapRead {
  /** What may be missing: `chunk.choices[0]`. */
  readonly missing: TSESTree.Node;
  readonly gap: ChunkGap;
  /**
   * The members that throw, the first of which are of one chain; with `?.` in each the code goes on as it does where a
   * chunk has nothing to say. null where it would go on with `undefined` in a way of its own.
   */
  readonly members: readonly TSESTree.MemberExpression[] | null;
}

/** In the order of the text; what stands in one chain is one. */
export function findGapReads(source: ParsedSource, loop: StreamLoop): GapRead[] {
  const { api, relayed } = loop.origin;
  const pattern = loop.node.type === 'ForOfStatement' ? patternOf(loop.node) : loop.chunk;
  if (!pattern || relayed || api.gaps.length === 0) return [];
  const reads = findChunkReads(source, pattern);
  const found = api.gaps.flatMap((gap) =>
    findUnguarded({ source, loop, api, gap, guards: findGuards(reads, gap) }, reads),
  );
  return joinChains({ source, loop, api }, found).sort((a, b) => a.missing.range[0] - b.missing.range[0]);
}

const patternOf = ({ left }: TSESTree.ForOfStatement): TSESTree.Node =>
  left.type === 'VariableDeclaration' ? left.declarations[0].id : left;

interface Search extends Guarded {
  readonly api: StreamApi;
  readonly gap: ChunkGap;
}

interface Fault {
  readonly missing: TSESTree.Node;
  readonly gap: ChunkGap;
  readonly guards: ReadonlySet<TSESTree.Node>;
  /** The member of it that throws, or the pattern. */
  readonly at: TSESTree.Node;
}

function findUnguarded(search: Search, reads: readonly ChunkRead[]): Fault[] {
  const bases = new Set(reads.flatMap((read) => findGapExpression(search, read) ?? []));
  // Who hands a chunk to a function of this file may have looked at it before.
  const guardedArguments = reads.filter(({ followed, node }) => followed && isGuarded(search, node));
  return [
    ...[...bases].flatMap((base) => findFaults(search, base, base)),
    ...findUnguardedPatterns(search, reads),
  ].filter(({ at }) => !isGuarded(search, at) && (guardedArguments.length === 0 || isInside(at, search.loop.node)));
}

/** `{ delta }` of `const { choices: [{ delta }] } = chunk`, which takes apart what may be missing. */
function findUnguardedPatterns({ gap, guards }: Search, reads: readonly ChunkRead[]): Fault[] {
  const patterns = reads.flatMap((read) => {
    const pattern =
      read.node.type === 'Property' && read.path.length === gap.path.length + 1 && isReadAt(read, gap.path)
        ? read.node.parent
        : null;
    const isNested =
      pattern?.parent?.type === 'ArrayPattern' ||
      (pattern?.parent?.type === 'Property' && pattern.parent.value === pattern);
    return pattern && isNested ? [pattern] : [];
  });
  return [...new Set(patterns)].map((pattern) => ({ missing: pattern, gap, guards, at: pattern }));
}

/** The expression that a read goes through at the gap; null where the read begins behind it, such as at an alias. */
function findGapExpression({ source, gap }: Search, read: ChunkRead): TSESTree.Node | null {
  let node = unwrap(read.node);
  for (let depth = read.path.length; depth > gap.path.length;) {
    if (node.type === 'LogicalExpression') node = unwrap(node.left);
    else if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && givesList(node))
      node = unwrap(node.callee.object);
    else if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression')
      [node, depth] = [unwrap(node.callee.object), depth - 1];
    else if (node.type === 'MemberExpression') [node, depth] = [unwrap(node.object), depth - 1];
    else return null;
  }
  if (read.path.length < gap.path.length || !isReadAt(read, gap.path)) return null;
  if (node.type === 'Identifier') return isFromArrayPattern(source, node) ? node : null;
  return node.type === 'MemberExpression' || node.type === 'CallExpression' ? node : null;
}

/** `const [choice] = chunk.choices`; an element that a loop or a callback walks to is there. */
function isFromArrayPattern(source: ParsedSource, name: TSESTree.Identifier): boolean {
  const [def] = findVariable(source, name)?.defs ?? [];
  const pattern = def?.name.parent;
  return (
    pattern?.type === 'ArrayPattern' && pattern.parent.type === 'VariableDeclarator' && pattern.parent.init !== null
  );
}

/**
 * Where the value, if it is missing, is read on from: `value.delta`, also behind `value?.delta` that has become a name.
 */
function findFaults(
  search: Search,
  value: TSESTree.Node,
  missing: TSESTree.Node,
  seen: readonly Variable[] = [],
): Fault[] {
  const user = findUser(value);
  const fault = (at: TSESTree.Node): Fault[] => [{ missing, gap: search.gap, guards: search.guards, at }];
  if (user?.type === 'MemberExpression' && unwrap(user.object) === unwrap(value)) {
    return user.optional ? findFaults(search, findChain(search.source, user), missing, seen) : fault(user);
  }
  if (user?.type !== 'VariableDeclarator') return [];
  if (user.id.type === 'ObjectPattern') return fault(user.id);
  const variable = findVariable(search.source, user.id);
  if (!variable || seen.includes(variable)) return [];
  return readsOf(variable).flatMap((identifier) => findFaults(search, identifier, identifier, [...seen, variable]));
}

function joinChains(
  { source, loop, api }: Pick<Search, 'source' | 'loop' | 'api'>,
  faults: readonly Fault[],
): GapRead[] {
  const chains = new Map<TSESTree.Node, Fault[]>();
  for (const fault of faults) {
    const chain = fault.at.type === 'MemberExpression' ? findChain(source, fault.at) : fault.at;
    chains.set(chain, [...(chains.get(chain) ?? []), fault]);
  }
  return [...chains].map(([chain, all]) => {
    const [first] = all.sort((a, b) => a.at.range[1] - b.at.range[1]) as [Fault, ...Fault[]];
    const own = all.flatMap(({ at }) => (at.type === 'MemberExpression' ? [at] : []));
    const later =
      own.length === all.length
        ? findLaterMembers(
            { source, loop, guards: first.guards },
            chain,
            isOptionalInside(api, first.gap.path, chain, first.missing),
          )
        : null;
    return { missing: first.missing, gap: first.gap, members: later && [...own, ...later] };
  });
}
