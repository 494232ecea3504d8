import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths, findValues } from '../values/access-path.ts';
import { findProperty, isLiteral } from '../values/call-options.ts';
import { ofLastText } from '../source/file-memory.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { childrenOf, findPropertyName, isFunction, unwrap } from '../source/tree.ts';

/** Addresses of model APIs that only stream, or that stream where the body, out of sight here, asks for it. */
const MODEL_URL =
  /:streamGenerateContent\b|\balt=sse\b|\bchat\/completions\b|\bv1\/(?:messages|completions|responses)\b|\bapi\/(?:chat|generate)\b|\/converse-stream\b/;

/**
 * Called, by whatever comes between its name and the bracket: `fetch(url)`, `post<Answer>(url)`, `(fetch as
 * Fetch)(url)`.
 */
const REQUESTER =
  /(?:\b(?:fetch|post|request|axios|got)|[a-z]Fetch)(?:!?\s*(?:\?\.\s*)?(?:<[^()]{0,200}>\s*)?\(|(?:\s+(?:as|satisfies)\b[^()]{0,200})?\)\s*\()/;
/** `{ stream: true }`, `{ model, stream }`, `body['stream'] = true`. */
const ASKS_FOR_STREAM = /\bstream["'\]]*\s*[:=,}]|\bsse\b/;

/** Whether the text can hold a request for a stream of a model's; of most it is all that is asked. */
export const mayRequestStream = ofLastText(
  (text) => (ASKS_FOR_STREAM.test(text) || MODEL_URL.test(text)) && REQUESTER.test(text),
);

const NAMES_MODEL = /^(?:name|model_?name)$/i;

/** A parser, a decoder and a reader may stand between the request and the loop; no more is followed. */
const MAX_HOPS = 6;

export interface StreamingRequest {
  readonly call: TSESTree.CallExpression;
  /** It has the arguments of `fetch(url, options)`. */
  readonly isFetch: boolean;
  /** A generator of this file stands between. */
  readonly relayed: boolean;
}

/** The HTTP request behind what a loop reads: `parse(await fetch(url, { body: JSON.stringify({ stream: true }) }))`. */
export const findStreamingRequest = (source: ParsedSource, value: TSESTree.Node): StreamingRequest | null =>
  mayRequestStream(source.text) ? findFetchCall({ source, tried: new Map() }, value, MAX_HOPS) : null;

interface Search {
  readonly source: ParsedSource;
  /** What holds no request, and how many hops were left to look behind it: two calls may be given the same value. */
  readonly tried: Map<TSESTree.Node, number>;
}

function findFetchCall(search: Search, value: TSESTree.Node, hops: number): StreamingRequest | null {
  const { source, tried } = search;
  if (hops <= (tried.get(value) ?? 0)) return null;
  tried.set(value, hops);
  for (const { root, steps, relayed } of findAccessPaths(source, value)) {
    for (const step of steps) {
      if (step.kind !== 'call') continue;
      if (isStreamingRequest(source, step.node))
        return { call: step.node, isFetch: /fetch$/i.test(findName(step.node.callee) ?? ''), relayed };
      const behind = findBehind(search, step.node.arguments, hops);
      if (behind) return { ...behind, relayed: relayed || behind.relayed };
    }
    if (root.kind === 'node' && root.node.type === 'NewExpression') {
      const behind = findBehind(search, root.node.arguments, hops);
      if (behind) return { ...behind, relayed: relayed || behind.relayed };
    }
  }
  return null;
}

/** The request behind an argument, or behind a property of one: `createInterface({ input: response.body })`. */
function findBehind(search: Search, given: readonly TSESTree.Node[], hops: number): StreamingRequest | null {
  for (const argument of given) {
    const values =
      argument.type === 'ObjectExpression'
        ? argument.properties.flatMap((property) => (property.type === 'Property' ? [property.value] : []))
        : [argument];
    for (const value of values) {
      const request = isFunction(value) || value.type === 'Literal' ? null : findFetchCall(search, value, hops - 1);
      if (request) return request;
    }
  }
  return null;
}

function isStreamingRequest(source: ParsedSource, { callee, arguments: given }: TSESTree.CallExpression): boolean {
  if (!/^(?:fetch|post|request|axios|got)$|[a-z]Fetch$/.test(findName(callee) ?? '')) return false;
  if (given.some((argument) => asksForModel(source, argument))) return false;
  return (
    given.some((argument) => asksForStream(source, argument)) || given.some((argument) => isModelUrl(source, argument))
  );
}

/** `fetch`, `this.fetch`, `customFetch(options)`. */
function findName(callee: TSESTree.Node): string | null {
  const target = unwrap(callee);
  if (target.type === 'CallExpression') return findName(target.callee);
  if (target.type === 'MemberExpression') return findPropertyName(target);
  return target.type === 'Identifier' ? target.name : null;
}

/** `{ body: JSON.stringify({ stream: true }) }`, and axios's `{ stream: true }` itself. */
function asksForStream(source: ParsedSource, argument: TSESTree.Node): boolean {
  if (isTrue(source, argument, 'stream')) return true;
  const query = findProperty(source, argument, 'params');
  if (query.kind === 'value' && isValue(source, query.value, 'alt', 'sse')) return true; // gaxios
  const body = ['body', 'data', 'json']
    .map((name) => findProperty(source, argument, name))
    .find(({ kind }) => kind === 'value');
  if (body?.kind !== 'value') return false;
  const json = unwrap(body.value);
  return isTrue(source, json.type === 'CallExpression' && json.arguments[0] ? json.arguments[0] : json, 'stream');
}

/**
 * What is streamed is how far the download of a model has come: `{ name, stream: true }` names one and asks it nothing.
 */
function asksForModel(source: ParsedSource, argument: TSESTree.Node): boolean {
  const body = ['body', 'data', 'json']
    .map((name) => findProperty(source, argument, name))
    .find(({ kind }) => kind === 'value');
  const json = body?.kind === 'value' ? unwrap(body.value) : argument;
  const [object] = findValues(source, json.type === 'CallExpression' && json.arguments[0] ? json.arguments[0] : json);
  if (object?.type !== 'ObjectExpression') return false;
  const names = object.properties.map((property) => (property.type === 'Property' ? findPropertyName(property) : null));
  return (
    names.some((name) => name !== null && NAMES_MODEL.test(name)) &&
    names.every((name) => name !== null && (NAMES_MODEL.test(name) || name === 'stream' || name === 'insecure'))
  );
}

const isTrue = (source: ParsedSource, object: TSESTree.Node, name: string): boolean =>
  isValue(source, object, name, true);

function isValue(source: ParsedSource, object: TSESTree.Node, name: string, expected: unknown): boolean {
  const found = findProperty(source, object, name);
  return found.kind === 'value' && isLiteral(source, found.value, expected);
}

/**
 * Some text in the argument is the address of a model API: a literal, a template, `new URL('chat/completions', base)`.
 */
function isModelUrl(source: ParsedSource, argument: TSESTree.Node): boolean {
  return findAccessPaths(source, argument).some(({ root, steps }) => {
    const nodes = [
      argument,
      ...(root.kind === 'node' ? [root.node] : []),
      ...steps.flatMap((step) => (step.kind !== 'member' && 'node' in step && step.node ? step.node.arguments : [])),
    ];
    return nodes.some((node) => textsIn(node, source).some((text) => MODEL_URL.test(text)));
  });
}

function textsIn(node: TSESTree.Node, source: ParsedSource): string[] {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : [];
  if (node.type === 'TemplateElement') return [node.value.raw];
  // `endpoint('api/generate')` gives an address.
  if (node.type === 'CallExpression' || node.type === 'NewExpression')
    return node.arguments.flatMap((argument) => textsIn(argument, source));
  return node.type === 'TemplateLiteral' || node.type === 'BinaryExpression'
    ? childrenOf(node, source.visitorKeys).flatMap((child) => textsIn(child, source))
    : [];
}
