import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../src/analysis/source/bindings.ts';
import { findEmitter } from '../src/analysis/loops/listened-loops.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import { findStatelessDecodes, mayHoldDecode, type StatelessDecode } from '../src/analysis/bytes/stateless-decodes.ts';
import { findFunction, isInside } from '../src/analysis/source/tree.ts';
import type { Codemod, Rewrite, Skip } from './contract/codemod.ts';
import { insertAt, type TextEdit } from './contract/edits.ts';
import type { Forms } from './contract/forms.ts';
import { findIndentation, findStyle } from './text/style.ts';
import { createTransform } from './transform.ts';

const forms: Forms = {
  edits: [
    ['', ', { stream: true }'],
    ['', 'const $decoder = $copyDecoder;\n'],
    ['', 'const $decoder = new TextDecoder();\n'],
    ['', "$copyEmitter.setEncoding('utf8');\n"],
    ['$copyDecoder', '$decoder'],
    ...['$copyChunk', '$copyChunk.toString($gone)', 'String($copyChunk)', '`${$copyChunk}`'].map(
      (text) => [text, '$decoder.decode($copyChunk, { stream: true })'] as const,
    ),
  ],
  anywhere: {
    $copyDecoder: ['$copyDecoder.decode(', '($copyDecoder).decode('],
    $copyEmitter: ['$copyEmitter.on(', '$copyEmitter.once(', '$copyEmitter.addListener('],
    $copyChunk: ['$copyChunk'],
  },
  gone: ['TextDecoder', 'toString', 'String'],
};

export const codemod: Codemod = {
  name: 'decode-as-stream',
  title: 'Decode chunks of bytes as parts of one text',
  description:
    'The network cuts a body anywhere, also within a character, and a decoder that takes each chunk for a whole text makes two `�` of it. Tells the decoder of more to come (`{ stream: true }`), makes one for the whole stream where each chunk had its own or none, and sets the encoding of a Node stream that is listened to.',
  mayHold: mayHoldDecode,
  forms: () => forms,
  resolves: ['no-stateless-decode'],
  findRewrites(source) {
    const rewrites: Rewrite[] = [];
    const skipped: Skip[] = [];
    for (const decode of findStatelessDecodes(source)) {
      const { line } = decode.node.loc.start;
      const edits = printDecoding(source, decode);
      if (edits) rewrites.push({ line, codemod: codemod.name, loop: null, edits, deferred: [], imports: [] });
      else
        skipped.push({
          line,
          reason:
            'Each chunk is decoded as if it were whole, and the decoder is not this loop’s alone; give the loop one ' +
            'of its own, and pass `{ stream: true }` to `decode`.',
        });
    }
    return { rewrites, skipped };
  },
  examples: [
    {
      before: `const response = await fetch(url);
const reader = response.body.getReader();
const decoder = new TextDecoder();
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  show(decoder.decode(value));
}
`,
      after: `const response = await fetch(url);
const reader = response.body.getReader();
const decoder = new TextDecoder();
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  show(decoder.decode(value, { stream: true }));
}
`,
    },
    {
      before: `const response = await fetch(url);
let text = '';
for await (const chunk of response.body) {
  text += new TextDecoder().decode(chunk);
}
`,
      after: `const response = await fetch(url);
let text = '';
const decoder = new TextDecoder();
for await (const chunk of response.body) {
  text += decoder.decode(chunk, { stream: true });
}
`,
    },
  ],
};

export default /* @__PURE__ */ createTransform(codemod);

/** Null where a person has to decide which decoder the loop uses. */
export function printDecoding(source: ParsedSource, decode: StatelessDecode): readonly TextEdit[] | null {
  switch (decode.kind) {
    case 'call':
      return printStreamOption(source, decode);
    case 'decoder':
      return printSharedDecoder(source, decode);
    case 'string':
      return decode.loop.site.form === 'events' ? printEncoding(source, decode) : printNewDecoder(source, decode);
  }
}

const STREAM_OPTION = '{ stream: true }';

/** `decoder.decode(chunk, { stream: true })`, where only this loop uses the decoder. */
function printStreamOption(
  source: ParsedSource,
  { node, chunk, decoder, loop }: StatelessDecode,
): readonly TextEdit[] | null {
  const call = node as TSESTree.CallExpression;
  const { object } = call.callee as TSESTree.MemberExpression;
  const variable = findVariable(source, object);
  if (!variable || !decoder || findFunction(decoder) !== findFunction(loop.site.node)) return null;
  // A decoder of several streams would mix their remainders.
  const isOwn = variable.references.every(
    ({ identifier, init }) => init || isInside(identifier, loop.site.node) || isFlush(identifier),
  );
  return isOwn ? addStreamOption(source, call, chunk) : null;
}

/** `decoder.decode()`, after the loop. */
function isFlush({ parent }: TSESTree.Node): boolean {
  const call = parent?.parent;
  return call?.type === 'CallExpression' && call.callee === parent && call.arguments.length === 0;
}

function addStreamOption(
  { text }: ParsedSource,
  call: TSESTree.CallExpression,
  chunk: TSESTree.Node,
): readonly TextEdit[] | null {
  const [first, second] = call.arguments;
  const isPlain =
    first !== undefined && isInside(chunk, first) && /^,?\s*\)$/.test(text.slice(first.range[1], call.range[1]));
  return !second && isPlain ? [insertAt(first.range[1], `, ${STREAM_OPTION}`)] : null;
}

/** `new TextDecoder().decode(chunk)`: the decoder moves before the loop. */
function printSharedDecoder(
  source: ParsedSource,
  { node, chunk, loop: { site } }: StatelessDecode,
): readonly TextEdit[] | null {
  const call = node as TSESTree.CallExpression;
  const { object } = call.callee as TSESTree.MemberExpression;
  const name = chooseDecoderName(source);
  const declared =
    object.type === 'NewExpression'
      ? declareBeforeLoop(source, site.node, name, source.text.slice(...object.range))
      : null;
  const option = call.arguments.length === 1 ? addStreamOption(source, call, chunk) : [];
  return declared && option ? [declared, { range: object.range, text: name }, ...option] : null;
}

/** `chunk.toString()` and `text + chunk` use `decoder.decode(chunk, …)`. */
function printNewDecoder(
  source: ParsedSource,
  { node, chunk, loop: { site } }: StatelessDecode,
): readonly TextEdit[] | null {
  const name = chooseDecoderName(source);
  const declared = declareBeforeLoop(source, site.node, name, 'new TextDecoder()');
  return (
    declared && [
      declared,
      { range: node.range, text: `${name}.decode(${source.text.slice(...chunk.range)}, ${STREAM_OPTION})` },
    ]
  );
}

function declareBeforeLoop(source: ParsedSource, loop: TSESTree.Node, name: string, init: string): TextEdit | null {
  if (!/^(?:ForOf|For|While|DoWhile)Statement$/.test(loop.type) || !isListed(loop)) return null;
  return insertStatement(source, loop, `const ${name} = ${init}`);
}

/**
 * `response.setEncoding('utf8');` before the first listener: the chunks become strings, and Node keeps an incomplete
 * character until its rest arrives.
 */
function printEncoding(source: ParsedSource, { loop }: StatelessDecode): readonly TextEdit[] | null {
  const all = findStatelessDecodes(source).filter((other) => other.loop === loop);
  // A listener that counts bytes needs bytes.
  if (!loop.chunks.every((chunk) => all.some((other) => other.chunk === chunk))) return null;
  const [first] = loop.site.listeners;
  const emitter = first && findEmitter(first.object);
  const statement = first && statementOf(first.call);
  if (emitter?.type !== 'Identifier' || !statement) return null;
  const { quote } = findStyle(source);
  return [insertStatement(source, statement, `${emitter.name}.setEncoding(${quote}utf8${quote})`)];
}

function statementOf(node: TSESTree.Node): TSESTree.Node | null {
  const { parent } = node;
  if (parent?.type === 'MemberExpression' || parent?.type === 'CallExpression') return statementOf(parent);
  return parent?.type === 'ExpressionStatement' && isListed(parent) ? parent : null;
}

const isListed = ({ parent }: TSESTree.Node): boolean =>
  parent?.type === 'BlockStatement' || parent?.type === 'Program';

function insertStatement(source: ParsedSource, before: TSESTree.Node, statement: string): TextEdit {
  const { newline, semicolon } = findStyle(source);
  return insertAt(
    before.range[0],
    `${statement}${semicolon}${newline}${findIndentation(source.text, before.range[0])}`,
  );
}

function chooseDecoderName({ text }: ParsedSource): string {
  for (let name = 'decoder', count = 2; ; name = `decoder${count++}`)
    if (!new RegExp(`\\b${name}\\b`).test(text)) return name;
}
