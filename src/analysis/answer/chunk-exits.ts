import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamApi, TerminalSignal } from '../../providers/provider.ts';
import { findVariable } from '../source/bindings.ts';
import { type ChunkRead, isOnTheWay, isReadAt } from '../loops/chunk-reads.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import { isEndName } from './parsed-end-marks.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { StreamLoop } from '../facts/stream-loop.ts';
import { findFunction, findPropertyName, findUser, unwrap, visit } from '../source/tree.ts';
import { isLogger } from '../source/words.ts';

/** Functions that show a chunk or turn it into text; like a logger, they do not look for the terminal marker. */
const SHOWS = /^(?:console|process|JSON|String|res|response|out|output)$|^(?:log|write|stringify|send|enqueue|print)$/;
/** `isTextDelta(chunk)` tests the kind of the chunk, not its end. */
const KIND_TEST = /^(?:is|has)[A-Z]/;

/**
 * Where a chunk goes. 'kept': to code out of sight. 'passed': to the consumer of the generator. 'here': nowhere else.
 */
type Way = 'kept' | 'passed' | 'here';

/** The places where a part of the chunk that may hold the terminal marker leaves the loop. */
export function describeChunkExits(
  source: ParsedSource,
  site: LoopSite,
  api: StreamApi,
): Pick<StreamLoop, 'chunksOutOfSight' | 'yieldedChunks'> {
  const reads = site.reads.filter((read) => !read.followed && mayHoldMarker(api, read));
  const ways = reads.map(({ node, path, comparedWith }) => ({
    node,
    way: wayOf({ source, site }, node, !isKnownBy(api, { path, comparedWith })),
  }));
  return { chunksOutOfSight: nodesOf(ways, 'kept'), yieldedChunks: nodesOf(ways, 'passed') };
}

const nodesOf = (ways: readonly { readonly node: TSESTree.Node; readonly way: Way }[], wanted: Way): TSESTree.Node[] =>
  ways.flatMap(({ node, way }) => (way === wanted ? [node] : []));

/**
 * A read may hold the marker where it reads the whole chunk, a part on the path to the marker (`chunk.choices[0]`), or
 * the discriminant whose value is the marker (`chunk.type`).
 */
function mayHoldMarker({ terminal }: StreamApi, read: ChunkRead): boolean {
  if (read.path.length === 0) return true;
  return (
    terminal !== null &&
    (isOnTheWay(read, terminal.path) ||
      isDiscriminant(terminal, read) ||
      (terminal.finishReason !== null && isOnTheWay(read, terminal.finishReason)))
  );
}

const isDiscriminant = ({ path, values }: TerminalSignal, read: Pick<ChunkRead, 'path'>): boolean =>
  values !== null && isReadAt(read as ChunkRead, path);

/** Whether the end check, if any, is visible here: the read is no discriminant, or it is compared with a text. */
const isKnownBy = ({ terminal }: StreamApi, read: Pick<ChunkRead, 'path' | 'comparedWith'>): boolean =>
  !terminal || !isDiscriminant(terminal, read) || read.comparedWith.length > 0;

interface Frame {
  readonly source: ParsedSource;
  readonly site: LoopSite;
}

/**
 * Where a value goes. `isKey`: the value is a discriminant, so that a comparison with a value out of sight, or its use
 * as a key (`handlers[chunk.type]`), may be the end check.
 */
function wayOf(frame: Frame, value: TSESTree.Node, isKey: boolean): Way {
  const user = findUser(value);
  switch (user?.type) {
    case 'CallExpression':
      return unwrap(user.callee) === unwrap(value) ? 'kept' : wayOfResult(frame, user);
    case 'YieldExpression':
      return 'passed';
    case 'AssignmentExpression':
      // The reads of a variable of this file are listed separately.
      return user.left.type === 'Identifier' && findVariable(frame.source, user.left) ? 'here' : 'kept';
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
    case 'ExportSpecifier':
      return 'kept';
    case 'ArrayExpression':
      return wayOfContainer(frame, user);
    case 'Property':
    case 'SpreadElement':
      return wayOfContainer(frame, user.parent);
    case 'BinaryExpression':
    case 'MemberExpression':
      return isKey ? 'kept' : 'here';
    default:
      return 'here';
  }
}

/** Where a container of the chunk goes: `{ raw: chunk }`, `[...all, chunk]`, also nested. */
function wayOfContainer(frame: Frame, holder: TSESTree.Node): Way {
  const user = findUser(holder);
  switch (user?.type) {
    case 'Property':
    case 'SpreadElement':
      return wayOfContainer(frame, user.parent);
    case 'ArrayExpression':
      return wayOfContainer(frame, user);
    case 'CallExpression':
      return wayOfResult(frame, user);
    case 'YieldExpression':
      return 'passed';
    default:
      return 'kept';
  }
}

/** Where the result of a function out of sight goes, which got the chunk as an argument. */
function wayOfResult(frame: Frame, call: TSESTree.CallExpression): Way {
  if (shows(call)) return 'here';
  const user = findUser(call);
  switch (user?.type) {
    case 'AwaitExpression':
      return findUser(user)?.type === 'ExpressionStatement' ? 'kept' : wayOfConverted(frame);
    case 'IfStatement':
    case 'LogicalExpression':
    case 'UnaryExpression':
    case 'ConditionalExpression':
      return isKindTest(call) ? 'here' : 'kept';
    case 'CallExpression':
      return unwrap(user.callee) === unwrap(call) ? 'kept' : wayOfResult(frame, user);
    case 'AssignmentExpression':
      // `text += render(chunk)`
      return user.operator === '+=' ? 'here' : wayOfConverted(frame);
    case 'YieldExpression':
    case 'ForOfStatement':
    case 'VariableDeclarator':
      return wayOfConverted(frame);
    default:
      return 'kept';
  }
}

/**
 * A generator yields what it made of the chunk. Elsewhere the function out of sight may contain the end check; so it
 * may where the loop reads a member that is named like an end.
 */
const wayOfConverted = ({ source, site }: Frame): Way =>
  findFunction(site.node)?.generator && !readsEndMember(source, site) ? 'passed' : 'kept';

function readsEndMember({ visitorKeys }: ParsedSource, { bodies }: LoopSite): boolean {
  let found = false;
  for (const body of bodies) {
    visit(body, visitorKeys, (node) => {
      if (node.type === 'MemberExpression' && isEndName(findPropertyName(node) ?? '')) found = true;
      return !found;
    });
  }
  return found;
}

function isKindTest({ callee }: TSESTree.CallExpression): boolean {
  const target = unwrap(callee);
  const name =
    target.type === 'MemberExpression' ? findPropertyName(target) : target.type === 'Identifier' ? target.name : null;
  return name !== null && KIND_TEST.test(name) && !isEndName(name);
}

function shows({ callee }: TSESTree.CallExpression): boolean {
  const target = unwrap(callee);
  if (isLogger(target)) return true;
  if (target.type === 'Identifier') return SHOWS.test(target.name);
  if (target.type !== 'MemberExpression') return false;
  return (
    SHOWS.test(findPropertyName(target) ?? '') ||
    (target.object.type === 'Identifier' && SHOWS.test(target.object.name))
  );
}
