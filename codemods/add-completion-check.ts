import type { TSESTree } from '@typescript-eslint/utils';
import { findChunkReads, isReadAt } from '../src/analysis/loops/chunk-reads.ts';
import { findStreamLoops, mayHoldStreamLoop } from '../src/analysis/find-stream-loops.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../src/analysis/facts/stream-loop.ts';
import { hasNode } from '../src/analysis/source/tree.ts';
import { catalog } from '../src/providers/catalog.ts';
import type { ChunkPath, Provider, TerminalSignal } from '../src/providers/provider.ts';
import { type Codemod, type CodemodOptions, rememberForms, type Rewrite, type Skip } from './contract/codemod.ts';
import { insertAt, type TextEdit } from './contract/edits.ts';
import type { Forms } from './contract/forms.ts';
import { findFreeName } from './text/imports.ts';
import { isTypeScript } from './text/language.ts';
import { isBlank } from './text/layout.ts';
import { isObstacle, type Obstacle } from './options/placement.ts';
import { type FileStyle, findIndentation, findLineEnd, findStatementEnd, findStyle, skipBlanks } from './text/style.ts';
import { createTransform } from './transform.ts';

/** What is made of the terminal markers of these providers' chunks. */
function findForms(own: readonly Provider[]): Forms {
  const terminals = [...own, ...catalog].flatMap(({ apis }) => apis.flatMap(({ terminal }) => terminal ?? []));
  const looks = terminals.flatMap((terminal) => describeEnd(terminal, '$copyChunk', plain, false) ?? []);
  return {
    edits: [
      ['', 'let $hasEnded = false;\n'],
      ['', 'let $finishReason = null;\n'],
      ['', 'let $finishReason: unknown = null;\n'],
      ['', '\n$look;'],
      ['', '{ $look; '],
      ['\n', ' {\n$look;\n'],
      ['', ';\n}'],
      ['', "\nif (!$hasEnded) throw new Error('The answer was cut off: no $sign came.');"],
      ['', "\nif ($finishReason === null) throw new Error('The answer was cut off: no $sign came.');"],
    ],
    holes: {
      $look: looks.map(({ name, read }) => read(`$${name}`)),
      $sign: looks.map(({ sign }) => sign),
    },
    anywhere: { $copyChunk: ['(const $copyChunk of', '(let $copyChunk of', '(var $copyChunk of'] },
    counts: { $hasEnded: 3, $finishReason: 4 },
  };
}

export const codemod: Codemod = {
  name: 'add-completion-check',
  title: 'Throw where the end of the answer never came',
  description:
    'Where a loop never looks at the chunk that says "finished", a cut answer passes for a whole one. Adds a variable before the loop that takes the terminal marker, a look at each chunk, and a check behind the loop that throws. Nothing else changes. For a program without the helper; `resilientStream` checks by itself.',
  mayHold: mayHoldStreamLoop,
  forms: rememberForms(({ hints }) => findForms(hints?.own ?? [])),
  resolves: ['require-completion-check'],
  findRewrites(source, options) {
    const rewrites: Rewrite[] = [];
    const skipped: Skip[] = [];
    const given = new Map<string, number>();
    for (const loop of findStreamLoops(source).filter(isUnchecked)) {
      const { line } = loop.node.loc.start;
      const check = printCheck(source, loop, given, options);
      if (isObstacle(check)) {
        skipped.push({ line, reason: check.obstacle, loop });
        continue;
      }
      rewrites.push({ line, codemod: codemod.name, loop, edits: check.edits, deferred: [], imports: [] });
    }
    return { rewrites, skipped };
  },
  examples: [
    {
      before: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  let text = '';
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  return text;
}
`,
      after: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  let text = '';
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
  let finishReason = null;
  for await (const chunk of stream) {
    finishReason = chunk.choices?.[0]?.finish_reason ?? finishReason;
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  if (finishReason === null) throw new Error('The answer was cut off: no finish_reason came.');
  return text;
}
`,
    },
    {
      before: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const stream = await client.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 1024, messages, stream: true });
for await (const event of stream) if (event.type === 'content_block_delta') show(event.delta.text);
`,
      after: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
const stream = await client.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 1024, messages, stream: true });
let hasEnded = false;
for await (const event of stream) {
  hasEnded ||= event.type === 'message_stop';
  if (event.type === 'content_block_delta') show(event.delta.text);
}
if (!hasEnded) throw new Error('The answer was cut off: no message_stop came.');
`,
    },
  ],
};

export default /* @__PURE__ */ createTransform(codemod);

/** The chunks of this loop have a terminal marker, and nothing tests it: neither the loop nor the chunks' receivers. */
const isUnchecked = ({
  form,
  provenByHelper,
  origin: { api },
  endChecks,
  chunksOutOfSight,
  endSign,
}: StreamLoop): boolean =>
  form === 'for-await' &&
  !provenByHelper &&
  api.onCleanEnd === 'silent' &&
  api.terminal !== null &&
  endSign === 'chunk' &&
  endChecks.length === 0 &&
  chunksOutOfSight.length === 0;

const obstacles = {
  leaves: {
    obstacle:
      'The loop is left early by `break`, before the end of the answer may have come; throw behind the loop where ' +
      'neither was the case.',
  },
  aborted: {
    obstacle:
      'An abort ends this loop like a cut answer does; throw behind the loop where the signal was not aborted and no ' +
      'end came.',
  },
  pattern: { obstacle: 'The loop takes its chunks apart; give the chunk a name, then run this again.' },
  place: { obstacle: 'The loop is no statement of a block; put braces around it, then run this again.' },
  several: {
    obstacle: 'The stream comes from one of several requests, whose ends have different signs; check each for its own.',
  },
  unsure: {
    obstacle:
      'The chunks only look like those of this API, and who else sends such may tell the end in another way; look ' +
      'for it by hand.',
  },
  unknown: { obstacle: 'What says that the answer is whole is not in every chunk; look for it by hand.' },
} satisfies Record<string, Obstacle>;

interface Check {
  readonly edits: readonly TextEdit[];
}

function printCheck(
  source: ParsedSource,
  loop: StreamLoop,
  usedNames: Map<string, number>,
  options: CodemodOptions,
): Check | Obstacle {
  const { node, chunk, controlFlow, origin, alternatives, abortChecks, limits } = loop;
  const { terminal, onAbort } = origin.api;
  if (node.type !== 'ForOfStatement' || !terminal) return obstacles.unknown;
  if (!chunk || node.left.type !== 'VariableDeclaration') return obstacles.pattern;
  if (node.parent.type !== 'Program' && node.parent.type !== 'BlockStatement') return obstacles.place;
  if (controlFlow.includes('break')) return obstacles.leaves;
  if (alternatives.length > 0) return obstacles.several;
  if (!isSure(source, loop, terminal)) return obstacles.unsure;
  // A person who cancels needs no complete answer. A timer that ends the loop truncates the answer.
  const mayBeCancelled = abortChecks.length > 0 || (limits.signal !== null && limits.signal.bounds !== 'total');
  if (onAbort === 'silent' && mayBeCancelled) return obstacles.aborted;
  if (isPresenceTested(source, node, chunk.name, terminal)) return obstacles.unknown;
  const end = describeEnd(terminal, chunk.name, findStyle(source), isTypeScript(source, options));
  if (!end) return obstacles.unknown;
  return { edits: printEdits(source, node, end, findFreeName(source, end.name, usedNames)) };
}

/**
 * The chunks surely have the API's terminal marker: they come from the API itself, or the loop reads the members beside
 * the marker in the same spelling. A check of chunks that never have the marker would throw after each complete answer.
 */
function isSure(source: ParsedSource, { chunk, origin }: StreamLoop, { path, values }: TerminalSignal): boolean {
  const { api, evidence, relayed } = origin;
  if (!relayed && evidence !== 'shape' && !(evidence === 'annotation' && api.sharedTypes)) return true;
  const reads = findChunkReads(source, chunk!);
  const beside = values !== null ? path : path.length > 1 ? path.slice(0, -1) : (api.text ?? path);
  const respelled = respell(path);
  return (
    reads.some((read) => isReadAt(read, beside)) &&
    (respelled === null || !reads.some((read) => isReadAt(read, respelled)))
  );
}

/** `'choices' in chunk`: some chunks do not have it, and TypeScript would not allow reading it of those. */
const isPresenceTested = (
  source: ParsedSource,
  loop: TSESTree.Node,
  chunk: string,
  { path }: TerminalSignal,
): boolean =>
  hasNode(
    loop,
    source.visitorKeys,
    (node) =>
      node.type === 'BinaryExpression' &&
      node.operator === 'in' &&
      node.left.type === 'Literal' &&
      node.left.value === path[0] &&
      node.right.type === 'Identifier' &&
      node.right.name === chunk,
  );

/** `finish_reason` for `finishReason`, and the other way round; null where there is only one spelling. */
function respell(path: ChunkPath): ChunkPath | null {
  const last = String(path.at(-1));
  const other = last.includes('_')
    ? last.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    : last.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return other === last ? null : [...path.slice(0, -1), other];
}

const plain: FileStyle = { newline: '\n', quote: "'", semicolon: ';', padding: ' ' };

/** The variable that records the terminal marker. `name`: its preferred name. */
interface EndVariable {
  readonly name: string;
  /** The declaration's text behind `let`. */
  readonly initial: string;
  /** The statement that reads the marker of a chunk. */
  readonly read: (name: string) => string;
  /** The condition for a truncated answer. */
  readonly isMissing: (name: string) => string;
  /** The marker's name in the error. */
  readonly sign: string;
}

function describeEnd(
  { path, values, finishReason }: TerminalSignal,
  chunk: string,
  { quote }: FileStyle,
  isTyped: boolean,
): EndVariable | null {
  const [first] = path;
  if (typeof first !== 'string') return null;
  if (values === null) {
    const sign = path.findLast((step) => typeof step === 'string')!;
    return {
      name: 'finishReason',
      // In some SDKs the marker is an object, or has the type `any`.
      initial: `finishReason${isTyped ? ': unknown' : ''} = null`,
      read: (name) => `${name} = ${printSafeRead(chunk, path)} ?? ${name}`,
      isMissing: (name) => `${name} === null`,
      sign: String(sign),
    };
  }
  // Every chunk has the member that names its kind; other members are in some chunks only.
  const isKind =
    path.length === 1 &&
    /^(?:type|event|eventType)$/.test(first) &&
    !(finishReason?.length === 1 && finishReason[0] === first);
  if (!isKind) return null;
  const [kind, ...others] = values.map((value) => `${quote}${value}${quote}`);
  // Several kinds are looked up in a list: TypeScript reports a comparison with a kind that these chunks never have.
  const test =
    others.length === 0
      ? `${chunk}.${first} === ${kind}`
      : `[${[kind, ...others].join(', ')}].includes(${chunk}.${first})`;
  return {
    name: 'hasEnded',
    initial: 'hasEnded = false',
    read: (name) => `${name} ||= ${test}`,
    isMissing: (name) => `!${name}`,
    sign: values[0]!,
  };
}

/** `chunk.choices?.[0]?.finish_reason` */
const printSafeRead = (chunk: string, path: ChunkPath): string =>
  path.reduce<string>(
    (text, step, index) => `${text}${index === 0 ? '.' : '?.'}${typeof step === 'number' ? `[${step}]` : step}`,
    chunk,
  );

function printEdits(
  source: ParsedSource,
  loop: TSESTree.ForOfStatement,
  variable: EndVariable,
  name: string,
): TextEdit[] {
  const { text } = source;
  const { newline, quote, semicolon } = findStyle(source);
  const indentation = findIndentation(text, loop.range[0]);
  const declaration = `let ${variable.initial.replace(variable.name, name)}`;
  const message = `${quote}The answer was cut off: no ${variable.sign} came.${quote}`;
  const check = `if (${variable.isMissing(name)}) throw new Error(${message})${semicolon}`;
  const startsLine = isBlank(
    text
      .slice(0, loop.range[0])
      .split(/[\r\n]/)
      .at(-1)!,
  );
  const before = startsLine
    ? insertAt(findStart(source, loop), `${declaration}${semicolon}${newline}${indentation}`)
    : insertAt(loop.range[0], `${declaration}; `);
  const end = findStatementEnd(text, loop.range);
  const lineEnd = startsLine ? findLineEnd(text, end) : null;
  const close = semicolon === '' && end === loop.range[1] && goesOn(text, skipBlanks(text, end)) ? ';' : '';
  const behind =
    lineEnd === null
      ? insertAt(end, ` ${check}${semicolon === '' ? ';' : ''}`)
      : insertAt(lineEnd, newline + indentation + check + close);
  return [before, ...printReading(source, loop, variable.read(name)), behind];
}

/** The code at the offset would continue, or end, a statement above it that has no semicolon. */
const goesOn = (text: string, offset: number): boolean => /^[;([`+\-/*]/.test(text.slice(offset, offset + 1));

/** The start of the comments right above a statement: they are about it, so its variable is declared above them. */
function findStart({ text, ast }: ParsedSource, { range }: TSESTree.Node): number {
  let top = range[0];
  for (const comment of [...(ast.comments ?? [])].reverse()) {
    if (comment.range[1] > top) continue;
    const line = text
      .slice(0, comment.range[0])
      .split(/[\r\n]/)
      .at(-1)!;
    if (!/^[^\S\r\n]*(?:\r\n|[\r\n])[^\S\r\n]*$/.test(text.slice(comment.range[1], top)) || !isBlank(line)) break;
    top = comment.range[0];
  }
  return top;
}

/** Reads the marker at the start of the loop's body, where no `continue` can skip it. */
function printReading(source: ParsedSource, { body, range, right }: TSESTree.ForOfStatement, read: string): TextEdit[] {
  const { text } = source;
  const { newline, semicolon } = findStyle(source);
  const outer = findIndentation(text, range[0]);
  if (body.type === 'BlockStatement') {
    const [first] = body.body;
    const start = body.range[0] + 1;
    const inside = first ? first.range[0] : body.range[1] - 1;
    const isOnOneLine = !/[\r\n]/.test(text.slice(start, inside));
    const end = semicolon !== '' || (first && goesOn(text, first.range[0])) ? ';' : '';
    if (isOnOneLine) return [insertAt(start, ` ${read};`)];
    return [insertAt(start, `${newline}${first ? findIndentation(text, first.range[0]) : `${outer}  `}${read}${end}`)];
  }
  const head = text.indexOf(')', right.range[1]);
  const [start, end] = [body.range[0], findStatementEnd(text, body.range)];
  const close = text.slice(start, end).endsWith(';') || body.type !== 'ExpressionStatement' ? '' : semicolon;
  if (/\/[/*]/.test(text.slice(head, start))) return [insertAt(start, `{ ${read}; `), insertAt(end, `${close} }`)];
  const inner = `${newline}${outer}  `;
  return [
    { range: [text.slice(0, start).trimEnd().length, start], text: ` {${inner}${read};${inner}` },
    insertAt(end, `${close}${newline}${outer}}`),
  ];
}
