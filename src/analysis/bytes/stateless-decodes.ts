import { FileMemory } from '../source/file-memory.ts';
import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths } from '../values/access-path.ts';
import { type ByteLoop, findByteLoops, readByteSigns, isInBodies } from './byte-loops.ts';
import { findProperty } from '../values/call-options.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, findUser, unwrap } from '../source/tree.ts';

/**
 * Text that is made of one chunk of bytes as if it were whole: a character that the network cuts in two comes out as
 * two `�`.
 */
export interface StatelessDecode {
  /**
   * 'call': the decoder is told nothing of more to come; 'decoder': it is made for each chunk; 'string': there is none.
   */
  readonly kind: 'call' | 'decoder' | 'string';
  /** What gives the text: `decoder.decode(chunk)`, `chunk.toString()`, the `chunk` of `text += chunk`. */
  readonly node: TSESTree.Node;
  readonly chunk: TSESTree.Node;
  /** What makes the decoder; null where there is none. */
  readonly decoder: TSESTree.NewExpression | null;
  readonly loop: ByteLoop;
}

const known = new FileMemory<readonly StatelessDecode[]>();

/** In the order of the text. */
export function findStatelessDecodes(source: ParsedSource): readonly StatelessDecode[] {
  const before = known.get(source.ast);
  if (before) return before;
  const found = findByteLoops(source).flatMap((loop) =>
    loop.chunks.flatMap((chunk) => findDecode(source, loop, chunk) ?? []),
  );
  const decodes = found
    .filter(({ node }, index) => found.findIndex((other) => other.node === node) === index)
    .sort((a, b) => a.node.range[0] - b.node.range[0]);
  known.set(source.ast, decodes);
  return decodes;
}

function findDecode(source: ParsedSource, loop: ByteLoop, chunk: TSESTree.Node): StatelessDecode | null {
  const user = findUser(chunk);
  if (!user || loop.kind === 'text') return null;
  if (user.type === 'CallExpression' && isDecode(user, chunk)) return findDecoderCall(source, loop, chunk, user);
  const node = loop.kind === 'buffers' ? findString(user, chunk) : null;
  return node && { kind: 'string', node, chunk, decoder: null, loop };
}

const isDecode = ({ callee, arguments: [first] }: TSESTree.CallExpression, chunk: TSESTree.Node): boolean =>
  first !== undefined &&
  unwrap(first) === unwrap(chunk) &&
  callee.type === 'MemberExpression' &&
  findPropertyName(callee) === 'decode';

function findDecoderCall(
  source: ParsedSource,
  loop: ByteLoop,
  chunk: TSESTree.Node,
  call: TSESTree.CallExpression,
): StatelessDecode | null {
  const decoder = findTextDecoder(source, (call.callee as TSESTree.MemberExpression).object);
  if (!decoder || hasWholeCharacters(decoder)) return null;
  const [, options] = call.arguments;
  const stream = options ? findProperty(source, options, 'stream') : null;
  const isMadeAnew = isInBodies(loop.site, decoder);
  const isTold =
    stream !== null &&
    stream.kind !== 'absent' &&
    !(stream.kind === 'value' && stream.value.type === 'Literal' && stream.value.value === false);
  if (isTold && !isMadeAnew) return null;
  return { kind: isMadeAnew ? 'decoder' : 'call', node: call, chunk, decoder, loop };
}

/** The `new TextDecoder()` behind a value; null where it is out of sight, or something else decodes. */
function findTextDecoder(source: ParsedSource, value: TSESTree.Node): TSESTree.NewExpression | null {
  for (const { steps } of findAccessPaths(source, value)) {
    const last = steps.at(-1);
    if (last?.kind !== 'new' || !last.node) continue;
    const callee = unwrap(last.node.callee);
    const named = steps.at(-2);
    const name = named?.kind === 'member' ? named.name : callee.type === 'Identifier' ? callee.name : null;
    if (name === 'TextDecoder') return last.node;
  }
  return null;
}

/** Each byte is a character. */
const hasWholeCharacters = ({ arguments: [label] }: TSESTree.NewExpression): boolean =>
  label?.type === 'Literal' && /latin1|ascii|8859|windows-125|x-user-defined|binary/i.test(String(label.value));

/** The string that is made of a buffer: `chunk.toString()`, `String(chunk)`, `text + chunk`, `` `${chunk}` ``. */
function findString(user: TSESTree.Node, chunk: TSESTree.Node): TSESTree.Node | null {
  switch (user.type) {
    case 'MemberExpression': {
      const call = findPropertyName(user) === 'toString' ? findUser(user) : null;
      const isCall = call?.type === 'CallExpression' && unwrap(call.callee) === user;
      return isCall && isUtf8(call.arguments[0]) ? call : null;
    }
    case 'CallExpression':
      return user.callee.type === 'Identifier' && user.callee.name === 'String' ? user : null;
    case 'AssignmentExpression':
      return user.operator === '+=' && unwrap(user.right) === unwrap(chunk) ? chunk : null;
    case 'BinaryExpression':
      return user.operator === '+' ? chunk : null;
    case 'TemplateLiteral':
      return chunk;
    default:
      return null;
  }
}

const isUtf8 = (encoding: TSESTree.Node | undefined): boolean =>
  !encoding || (encoding.type === 'Literal' && /^utf-?8$/i.test(String(encoding.value)));

/** Whether a text can hold such a thing: chunks of bytes, and a decoder or chunks that are made strings without one. */
export function mayHoldDecode(text: string): boolean {
  const signs = readByteSigns(text);
  return signs !== null && (signs.hasDecoder || signs.hasBuffers);
}
