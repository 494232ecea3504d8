import type { TSESTree } from '@typescript-eslint/utils';
import { type AccessPath, findAccessPaths, findValues } from '../values/access-path.ts';
import { findVariable } from '../source/bindings.ts';
import { type ChunkRead, findChunkReads } from '../loops/chunk-reads.ts';
import { isLiteral } from '../values/call-options.ts';
import { ofLastText } from '../source/file-memory.ts';
import { findSites } from '../loops/find-sites.ts';
import { eventOf } from '../loops/listened-loops.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { FOR_AWAIT } from '../source/chunk-reading-text.ts';
import { ancestorsOf, findFunction, findPropertyName, isFunction, isInside, unwrap } from '../source/tree.ts';

/**
 * A place that takes a body chunk by chunk, as the network cuts it: anywhere, in the midst of a line or of a character.
 */
export interface ByteLoop {
  readonly site: LoopSite;
  /** Where the code names a chunk, whole. */
  readonly chunks: readonly TSESTree.Node[];
  /**
   * 'buffers': known to be Node's, of which people make strings by `toString()` and `+=`; 'bytes': a reader's, which
   * need a decoder; 'text': decoded upstream; 'unknown': those of an emitter, of which what the code does must tell.
   */
  readonly kind: 'buffers' | 'bytes' | 'text' | 'unknown';
}

/** A body may be pulled, iterated or listened to. */
export function findByteLoops(source: ParsedSource): ByteLoop[] {
  return findSites(source).flatMap((site) => {
    const kind = classifyBody(source, site);
    const reads = kind === null ? [] : site.form === 'events' ? findDataReads(source, site) : site.reads;
    const chunks = reads.flatMap((read) => findWholeChunk(read) ?? []).filter((chunk) => !isAfterAll(site, chunk));
    return kind === null || chunks.length === 0 ? [] : [{ site, chunks: [...new Set(chunks)], kind }];
  });
}

/**
 * What the function reads when the loop is over is what the loop has gathered, whole: `chunks[0]` where there was but
 * one.
 */
const isAfterAll = ({ form, node, bodies }: LoopSite, chunk: TSESTree.Node): boolean =>
  form !== 'events' &&
  findFunction(chunk) === findFunction(node) &&
  chunk.range[0] > node.range[1] &&
  !bodies.some((body) => isInside(chunk, body));

function findDataReads(source: ParsedSource, { listeners }: LoopSite): ChunkRead[] {
  const takers = listeners
    .filter((listener) => eventOf(listener) === 'data')
    .flatMap(({ call }) => findValues(source, call.arguments[1]!).filter(isFunction));
  return takers.flatMap(({ params: [parameter] }) => (parameter ? findChunkReads(source, parameter) : []));
}

/** The chunk in a read of it, or of one of its methods: `chunk` of `chunk.toString()`. */
function findWholeChunk({ path, node }: ChunkRead): TSESTree.Node | null {
  if (path.length === 0) return node;
  const member = unwrap(node);
  return path.length === 1 && member.type === 'MemberExpression' ? member.object : null;
}

/** Null where the pieces are no body's, or are decoded by the stream itself. */
function classifyBody(source: ParsedSource, { form, stream, listeners }: LoopSite): ByteLoop['kind'] | null {
  if (form === 'iterator' || (form === 'events' && !listeners.some((listener) => eventOf(listener) === 'data')))
    return null;
  if (setsEncoding(source, stream)) return null;
  const paths = findAccessPaths(source, stream);
  if (paths.some((path) => isTextStream(source, path))) return 'text';
  if (paths.some((path) => isFramed(path))) return null;
  if (isIncoming(source, stream) || paths.some((path) => isNodeBody(source, path))) return 'buffers';
  if (paths.some(isFetchBody)) return form === 'for-await' ? 'buffers' : 'bytes';
  if (form === 'reader' || form === 'recursion') return 'bytes';
  // What is iterated may be messages, and what is written to a stream in memory comes out as it went in: each of them
  // whole.
  return form === 'events' && !paths.some(isInMemory) ? 'unknown' : null;
}

/** `response.setEncoding('utf8')` */
function setsEncoding(source: ParsedSource, stream: TSESTree.Node): boolean {
  const value = unwrap(stream);
  const variable = findVariable(source, value);
  const mentions = variable ? variable.references.map(({ identifier }) => identifier as TSESTree.Node) : [];
  if (mentions.some(({ parent }) => parent?.type === 'MemberExpression' && findPropertyName(parent) === 'setEncoding'))
    return true;
  return value.type === 'MemberExpression' && source.text.includes(`${source.text.slice(...value.range)}.setEncoding(`);
}

/** `body.pipeThrough(new TextDecoderStream())` */
function isTextStream(source: ParsedSource, { steps }: AccessPath): boolean {
  return steps.some(
    (step) =>
      step.kind === 'call' &&
      step.node.arguments.some((argument) =>
        /\bTextDecoderStream\b|\bTextDecoder\(/.test(source.text.slice(...argument.range)),
      ),
  );
}

/**
 * Something else than a decoder stands between the body and the loop, and may have made whole lines or messages of its
 * pieces.
 */
function isFramed({ steps, relayed }: AccessPath): boolean {
  return relayed || steps.some((step) => step.kind === 'member' && /^(?:pipeThrough|pipe|compose)$/.test(step.name));
}

/** `(await fetch(url)).body`, under whatever name. */
function isFetchBody({ steps, root }: AccessPath): boolean {
  const last = steps.at(-1);
  const made = steps.at(-2);
  if (last?.kind !== 'member' || last.name !== 'body' || made?.kind !== 'call') return false;
  const callee = unwrap(made.node.callee);
  const name =
    callee.type === 'MemberExpression' ? findPropertyName(callee) : callee.type === 'Identifier' ? callee.name : null;
  return (
    /fetch$/i.test(name ?? '') || (root.kind === 'module' && /^(?:node-fetch|undici|cross-fetch)$/.test(root.module))
  );
}

/** `(await axios.get(url, { responseType: 'stream' })).data` */
function isNodeBody(source: ParsedSource, { steps }: AccessPath): boolean {
  const last = steps.at(-1);
  const made = steps.at(-2);
  if (last?.kind !== 'member' || last.name !== 'data' || made?.kind !== 'call') return false;
  return made.node.arguments.some((argument) =>
    findValues(source, argument).some(
      (value) =>
        value.type === 'ObjectExpression' &&
        value.properties.some(
          (property) =>
            property.type === 'Property' &&
            findPropertyName(property) === 'responseType' &&
            isLiteral(source, property.value, 'stream'),
        ),
    ),
  );
}

/** `new PassThrough()` */
const isInMemory = ({ root, steps }: AccessPath): boolean =>
  root.kind === 'module' && /^(?:node:)?stream$/.test(root.module) && steps.some(({ kind }) => kind === 'new');

/** The message that a callback of `http.get`, `https.request` or `http.createServer` is given. */
function isIncoming(source: ParsedSource, stream: TSESTree.Node): boolean {
  const [def] = findVariable(source, unwrap(stream))?.defs ?? [];
  if (def?.type !== 'Parameter' || def.node.type === 'TSEmptyBodyFunctionExpression') return false;
  const call = def.node.parent;
  if (call?.type !== 'CallExpression' || (def.node as { params?: readonly TSESTree.Node[] }).params?.[0] !== def.name)
    return false;
  return findAccessPaths(source, call.callee).some(({ root, steps }) => {
    const last = steps.at(-1);
    return (
      root.kind === 'module' &&
      /^(?:node:)?https?$/.test(root.module) &&
      last?.kind === 'member' &&
      /^(?:get|request|createServer)$/.test(last.name)
    );
  });
}

/** The node that runs once for all chunks: a function that listens runs for each. */
export function isInBodies({ bodies }: LoopSite, node: TSESTree.Node): boolean {
  return bodies.some((body) => node === body || [...ancestorsOf(node)].includes(body));
}

const READS_OR_LISTENS = /\.read\s*\(\s*\)|\.(?:on|once|addListener)\s*\(\s*["']data["']/;
const HAS_BUFFERS = /\bhttps?["']|\bresponseType\b/;
const FETCHES = /[fF]etch(?:\s*[(<?!)]|\s+(?:as|satisfies)\b)|["'](?:node-fetch|undici|cross-fetch)["']/;
const MAKES_TEXT = /\b(?:decode|toString|String)\b/;

/** What a text may hold, as the kinds of loops are told apart; of most texts it is all that is asked. */
export interface ByteSigns {
  readonly hasDecoder: boolean;
  /** Chunks of Node's: strings may be made of them without a decoder. */
  readonly hasBuffers: boolean;
  /** A chunk of whatever kind is made text. */
  readonly makesText: boolean;
}

/** null where nothing takes a body chunk by chunk. */
export const readByteSigns = ofLastText((text): ByteSigns | null => {
  const iterates = FOR_AWAIT.test(text);
  const reads = READS_OR_LISTENS.test(text);
  if (!iterates && !reads) return null;
  const hasDecoder = text.includes('TextDecoder');
  const hasBuffers = HAS_BUFFERS.test(text) || (iterates && FETCHES.test(text) && /\bbody\b/.test(text));
  return { hasDecoder, hasBuffers, makesText: hasDecoder || hasBuffers || (reads && MAKES_TEXT.test(text)) };
});
