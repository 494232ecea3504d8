import type { Reference, Scope, Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName } from '../../src/analysis/source/tree.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import type { Obstacle } from '../options/placement.ts';
import { describeResponseMember, obstacles } from './use-obstacles.ts';

// The members of the result of `.withResponse()`.
const STREAM = 'data';
const RESPONSE = 'response';
const ID = 'request_id';
/** The name of the request's id in the helper's stream. */
const REQUEST_ID = 'requestId';

/** Members of a response that read its body, which is the stream. */
const READS_BODY: readonly string[] = [
  'body',
  'bodyUsed',
  'text',
  'json',
  'blob',
  'bytes',
  'arrayBuffer',
  'formData',
  'clone',
];

/** A pattern that takes the stream out of the result of `.withResponse()`. */
export interface ResponsePattern {
  readonly stream: TSESTree.Identifier;
  /** The property that takes the response, where the program reads it; each attempt has its own response. */
  readonly response: TSESTree.Property | null;
  /** Where the program reads the request's id. */
  readonly edits: readonly TextEdit[];
}

interface ResponseMember {
  readonly property: TSESTree.Property;
  readonly variable: Variable;
  readonly name: TSESTree.Identifier;
}

/** `const { data: stream, response, request_id } = …`; or why the pattern has to stay. */
export function readResponsePattern(source: ParsedSource, pattern: TSESTree.ObjectPattern): ResponsePattern | Obstacle {
  const members = readMembers(source, pattern);
  const stream = members?.get(STREAM);
  if (!members || !stream) return obstacles.responsePattern;
  const edits: TextEdit[] = [];
  let response: TSESTree.Property | null = null;
  for (const [key, { property, variable }] of members) {
    const reads = variable.references.filter(({ init }) => !init);
    if (key === STREAM || reads.length === 0) continue;
    if (reads.some((read) => read.isWrite())) return describeResponseMember(key);
    if (key === RESPONSE && !reads.some(({ identifier }) => readsBody(identifier))) response = property;
    else if (key === ID && reads.every((read) => isRenamable(read, stream.variable)))
      edits.push(...reads.map(({ identifier }) => renameRead(identifier, stream.name.name)));
    else return key === RESPONSE ? obstacles.responseBodyRead : describeResponseMember(key);
  }
  return { stream: stream.name, response, edits };
}

/** The members by their names in the result; null where a property is not a plain name, or stands twice. */
function readMembers(
  source: ParsedSource,
  { properties }: TSESTree.ObjectPattern,
): ReadonlyMap<string, ResponseMember> | null {
  const members = new Map<string, ResponseMember>();
  for (const property of properties) {
    const key = property.type === 'Property' && !property.computed ? findPropertyName(property) : null;
    const name = property.value;
    const variable = name?.type === 'Identifier' ? findVariable(source, name) : null;
    if (key === null || name?.type !== 'Identifier' || !variable || members.has(key)) return null;
    members.set(key, { property: property as TSESTree.Property, variable, name });
  }
  return members;
}

/** `const { … } = await request.withResponse();`, a statement of its own. */
export function isDeclaredByRequest({ parent }: TSESTree.ObjectPattern, request: TSESTree.CallExpression): boolean {
  if (parent.type !== 'VariableDeclarator') return false;
  const { init, parent: declaration } = parent;
  return (
    init?.type === 'AwaitExpression' &&
    init.argument === request &&
    declaration.kind !== 'var' &&
    declaration.declarations.length === 1 &&
    ['BlockStatement', 'Program'].includes(declaration.parent.type)
  );
}

/** `result.request_id` becomes `result.requestId`; null for other members. */
export function renameRequestId(member: TSESTree.MemberExpression): TextEdit | null {
  const isPlain = !member.computed && findPropertyName(member) === ID && member.object.type === 'Identifier';
  return isPlain ? { range: member.property.range, text: REQUEST_ID } : null;
}

/** At this place the stream's name means the stream's variable, and an expression can stand here. */
function isRenamable({ identifier, from }: Reference, { name, scope, defs }: Variable): boolean {
  if (['ExportSpecifier', 'TSTypeQuery'].includes(identifier.parent.type) || defs.length !== 1) return false;
  let inner: Scope | null = from;
  while (inner && inner !== scope && !inner.set.has(name)) inner = inner.upper;
  return inner === scope;
}

/** `request_id` becomes `stream.requestId`; `{ request_id }` becomes `{ request_id: stream.requestId }`. */
function renameRead({ range, parent }: TSESTree.Node, stream: string): TextEdit {
  const text = `${stream}.${REQUEST_ID}`;
  return parent?.type === 'Property' && parent.shorthand ? insertAt(range[1], `: ${text}`) : { range, text };
}

function readsBody(response: TSESTree.Node): boolean {
  const { parent } = response;
  if (parent?.type === 'MemberExpression' && parent.object === response)
    return READS_BODY.includes(findPropertyName(parent) ?? 'body');
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'ObjectPattern') return false;
  return parent.id.properties.some(
    (property) => property.type !== 'Property' || READS_BODY.includes(findPropertyName(property) ?? 'body'),
  );
}
