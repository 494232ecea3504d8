import type { Reference, Scope, Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName } from '../../src/analysis/source/tree.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import { responseRead, responseTaken, responseUsed } from './use-obstacles.ts';

/** What `.withResponse()` gives beside the stream. */
const STREAM = 'data';
const RESPONSE = 'response';
const ID = 'request_id';
/** The helper's stream tells the request's id by this name. */
const REQUEST_ID = 'requestId';

/** What takes the answer out of a response, and so from the stream. */
const TAKES_ANSWER: readonly string[] = [
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

/** A pattern that takes the stream out of what `.withResponse()` gives. */
export interface ResponsePattern {
  readonly stream: TSESTree.Identifier;
  /** The property that takes the response, where the program reads that; each attempt has one of its own. */
  readonly response: TSESTree.Property | null;
  /** Where the program reads the request's id. */
  readonly edits: readonly TextEdit[];
}

/** `const { data: stream, response, request_id } = …`; or why it has to stay. */
export function findResponsePattern(source: ParsedSource, pattern: TSESTree.ObjectPattern): ResponsePattern | string {
  const taken = new Map<
    string,
    { readonly property: TSESTree.Property; readonly variable: Variable; readonly name: TSESTree.Identifier }
  >();
  for (const property of pattern.properties) {
    const key = property.type === 'Property' && !property.computed ? findPropertyName(property) : null;
    const name = property.value;
    const variable = name?.type === 'Identifier' ? findVariable(source, name) : null;
    if (key === null || name?.type !== 'Identifier' || !variable || taken.has(key)) return responseTaken;
    taken.set(key, { property: property as TSESTree.Property, variable, name });
  }
  const stream = taken.get(STREAM);
  if (!stream) return responseTaken;
  const edits: TextEdit[] = [];
  let response: TSESTree.Property | null = null;
  for (const [key, { property, variable }] of taken) {
    const reads = variable.references.filter(({ init }) => !init);
    if (key === STREAM || reads.length === 0) continue;
    if (reads.some((read) => read.isWrite())) return responseUsed(key);
    if (key === RESPONSE && !reads.some(({ identifier }) => takesAnswer(identifier))) response = property;
    else if (key === ID && reads.every((read) => isRenamable(read, stream.variable)))
      edits.push(...reads.map(({ identifier }) => renameRead(identifier, stream.name.name)));
    else return key === RESPONSE ? responseRead : responseUsed(key);
  }
  return { stream: stream.name, response, edits };
}

/** `result.request_id` becomes `result.requestId`; null for anything else. */
export function findIdEdit(member: TSESTree.MemberExpression): TextEdit | null {
  const isPlain = !member.computed && findPropertyName(member) === ID && member.object.type === 'Identifier';
  return isPlain ? { range: member.property.range, text: REQUEST_ID } : null;
}

/** No other variable has the stream's name there, and an expression can stand there. */
function isRenamable({ identifier, from }: Reference, { name, scope, defs }: Variable): boolean {
  if (['ExportSpecifier', 'TSTypeQuery'].includes(identifier.parent.type) || defs.length !== 1) return false;
  let inner: Scope | null = from;
  while (inner && inner !== scope && !inner.set.has(name)) inner = inner.upper;
  return inner === scope;
}

/** `request_id` becomes `stream.requestId`; in `{ request_id }` it keeps its name. */
function renameRead({ range, parent }: TSESTree.Node, stream: string): TextEdit {
  const text = `${stream}.${REQUEST_ID}`;
  return parent?.type === 'Property' && parent.shorthand ? insertAt(range[1], `: ${text}`) : { range, text };
}

function takesAnswer(response: TSESTree.Node): boolean {
  const { parent } = response;
  if (parent?.type === 'MemberExpression' && parent.object === response)
    return TAKES_ANSWER.includes(findPropertyName(parent) ?? 'body');
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'ObjectPattern') return false;
  return parent.id.properties.some(
    (property) => property.type !== 'Property' || TAKES_ANSWER.includes(findPropertyName(property) ?? 'body'),
  );
}
