import type { TSESTree } from '@typescript-eslint/utils';
import type { StreamApi } from '../providers/provider.ts';
import { findVariable } from './bindings.ts';
import { type ChunkRead, isReadAt, isTestAt } from './chunk-reads.ts';
import type { ParsedSource } from './parsed-source.ts';
import { findFunction, findPropertyName, findUser, unwrap, visit } from './tree.ts';

/** Looks at the terminal marker: in the chunks, or at a member of the stream that rejects where the answer was cut. */
export function findCompletion(source: ParsedSource, loop: TSESTree.ForOfStatement, api: StreamApi, reads: readonly ChunkRead[]): TSESTree.Node[] {
  const inChunks = reads.filter((read) => isTerminalRead(api, read)).map(({ node }) => node);
  return [...inChunks, ...findFinals(source, loop, api)];
}

function isTerminalRead({ terminal }: StreamApi, read: ChunkRead): boolean {
  if (!terminal) return false;
  if (terminal.finishReason && isReadAt(read, terminal.finishReason)) return true;
  return terminal.values ? isTestAt(read, terminal.path, terminal.values) : isReadAt(read, terminal.path);
}

/** `await stream.finalMessage()`, on the variable that the loop iterates. */
function findFinals(source: ParsedSource, loop: TSESTree.ForOfStatement, api: StreamApi): TSESTree.Node[] {
  const variable = findVariable(source, unwrap(loop.right));
  return (variable?.references ?? []).flatMap(({ identifier }) => {
    const member = findUser(identifier);
    if (member?.type !== 'MemberExpression') return [];
    const final = api.finals.find(({ name }) => name === findPropertyName(member));
    if (final?.onCleanEnd === 'rejects') return [member];
    return final && readsStatus(source, member, api) ? [member] : [];
  });
}

/** `const { status } = await stream.finalResponse()`: the member resolves on a cut answer, what it gives tells. */
function readsStatus(source: ParsedSource, member: TSESTree.MemberExpression, { terminal }: StreamApi): boolean {
  const status = terminal?.finishReason?.at(-1);
  const call = findUser(member);
  const awaited = call ? findUser(call) : null;
  const user = awaited?.type === 'AwaitExpression' ? findUser(awaited) : null;
  if (user?.type === 'MemberExpression') return findPropertyName(user) === status;
  if (user?.type !== 'VariableDeclarator') return false;
  if (user.id.type === 'ObjectPattern') return user.id.properties.some((property) => property.type === 'Property' && findPropertyName(property) === status);
  const result = findVariable(source, user.id);
  return (result?.references ?? []).some(({ identifier }) => {
    const read = findUser(identifier);
    return read?.type === 'MemberExpression' && findPropertyName(read) === status;
  });
}

/** Looks at whether the stream was aborted, in the loop or after it: `signal.aborted`, `signal.throwIfAborted()`. */
export function findAbortChecks(source: ParsedSource, loop: TSESTree.ForOfStatement): TSESTree.Node[] {
  const checks: TSESTree.Node[] = [];
  visit(findFunction(loop) ?? source.ast, source.visitorKeys, (node) => {
    if (node.type !== 'MemberExpression' || node.range[1] < loop.range[0]) return;
    const name = findPropertyName(node);
    if (name === 'aborted' || name === 'throwIfAborted') checks.push(node);
  });
  return checks;
}

/** Functions that show a chunk or turn it into text; nobody looks at the marker there. */
const SHOWS = /^(?:console|process|JSON|String|Object|res|response|out|output)$|^(?:log|write|stringify|send|enqueue|print)$/;

/** Places where the whole chunk goes to code out of sight. */
export function findHandedOn(reads: readonly ChunkRead[]): TSESTree.Node[] {
  return reads.flatMap(({ path, node, followed }) => {
    if (path.length > 0 || followed) return [];
    const user = findUser(node);
    switch (user?.type) {
      case 'CallExpression':
        return shows(user) ? [] : [node];
      case 'YieldExpression':
      case 'ReturnStatement':
      case 'AssignmentExpression':
      case 'ArrayExpression':
      case 'Property':
        return [node];
      default:
        return [];
    }
  });
}

function shows({ callee }: TSESTree.CallExpression): boolean {
  const target = unwrap(callee);
  if (target.type === 'Identifier') return SHOWS.test(target.name);
  if (target.type !== 'MemberExpression') return false;
  return SHOWS.test(findPropertyName(target) ?? '') || (target.object.type === 'Identifier' && SHOWS.test(target.object.name));
}
