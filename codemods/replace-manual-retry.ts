import type { TSESTree } from '@typescript-eslint/utils';
import { findStreamLoops, mayHoldStreamLoop } from '../src/analysis/find-stream-loops.ts';
import type { RetryObstacle } from '../src/analysis/attempt-frame.ts';
import type { AttemptLog } from '../src/analysis/attempt-logs.ts';
import { findManualRetry, isRetryObstacle, type ManualRetry } from '../src/analysis/manual-retry.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import type { StreamLoop } from '../src/analysis/stream-loop.ts';
import { ancestorsOf, isFunction, visit } from '../src/analysis/tree.ts';
import type { Codemod, CodemodOptions } from './codemod.ts';
import { applyEdits, type TextEdit, withoutRepetitions } from './edits.ts';
import { findImportEdits } from './imports.ts';
import { isTypeScript } from './language.ts';
import { reindent, removeStatements } from './layout.ts';
import { markStatement } from './marker.ts';
import { type HelperOption, isObstacle, type Obstacle } from './settings.ts';
import { findUndo } from './recovery.ts';
import { braced, findIndentation, findLineEnd, findStyle } from './style.ts';
import { createTransform } from './transform.ts';
import { undoRetry } from './unretrying.ts';
import { rewriteEach, type Wrapping, wrapCall } from './wrapping.ts';

export const codemod: Codemod = {
  name: 'replace-manual-retry',
  title: 'Let `resilientStream` try again',
  description:
    'A hand-written loop of attempts around a stream, or a function that calls itself to try again, becomes the options `maxRetries`, `backoff` and `isRetryable` of `resilientStream`, and what an attempt does stands alone. Lines that are logged of failed attempts go to `onEvent`. Told by running the attempts with requests that fail: only what counts, waits, logs, asks about the error and throws it in the end goes. A parameter that is the number of attempts, or the first wait, stays and becomes the option; one that only counts goes where no caller says it, and the function is left where callers are out of sight. Where each attempt begins with what it fills empty, so does each of the helper’s (`restart`). Where a failed attempt had shown something already, the program showed it twice and the helper throws; a comment asks how to take it back. Errors of the program’s own code in the loop are not tried again any more, nor those that no further attempt can mend.',
  mayHold: mayHoldStreamLoop,
  undo: undoRetry,
  resolves: ['no-retry-after-output', 'no-unbounded-retry'],
  findRewrites(source, options) {
    return rewriteEach(codemod.name, findStreamLoops(source, options.hints), (loop) => {
      const retry = loop.resilient || loop.form === 'events' ? null : findManualRetry(source, loop);
      if (!retry) return null;
      return isRetryObstacle(retry) ? { obstacle: explain(source, retry) } : replace(source, loop, retry, options);
    });
  },
  examples: [
    {
      before: `import OpenAI from 'openai';

const client = new OpenAI();
const MAX_ATTEMPTS = 4;

export async function ask(messages) {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    try {
      let text = '';
      const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
      }
      return text;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** (attempt - 1)));
    }
  }
}
`,
      after: `import OpenAI from 'openai';
import { resilientStream, restart } from 'resilient-stream';

const client = new OpenAI();
const MAX_ATTEMPTS = 4;

export async function ask(messages) {
  let text = '';
  const stream = await resilientStream(({ signal }) => client.chat.completions.create({ model: 'gpt-5', messages, stream: true }, { signal, maxRetries: 0 }), { maxRetries: MAX_ATTEMPTS - 1, backoff: { initialMs: 1_000 }, recover: restart(() => { text = ''; }) });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  return text;
}
`,
    },
    {
      before: `import OpenAI from 'openai';

const client = new OpenAI();

export async function ask(messages, retries = 3, delay = 500) {
  let text = '';
  try {
    for await (const chunk of await client.chat.completions.create({ model: 'gpt-5', messages, stream: true })) {
      text += chunk.choices[0]?.delta?.content ?? '';
    }
  } catch (error) {
    if (retries === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, delay));
    return ask(messages, retries - 1, delay * 2);
  }
  return text;
}
`,
      after: `import OpenAI from 'openai';
import { resilientStream, restart } from 'resilient-stream';

const client = new OpenAI();

export async function ask(messages, retries = 3, delay = 500) {
  let text = '';
  for await (const chunk of await resilientStream(({ signal }) => client.chat.completions.create({ model: 'gpt-5', messages, stream: true }, { signal, maxRetries: 0 }), { maxRetries: retries, backoff: { initialMs: delay }, recover: restart(() => { text = ''; }) })) {
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  return text;
}
`,
    },
  ],
};

export default createTransform(codemod);

/** What a person must decide once the attempts are the helper's. */
const SHOWN = 'a failure behind the first chunk ends this now, where the program began anew and showed the text twice. Say how to take back what was shown, by the option `recover: restart(undo)`, or let the error through.';

function explain(source: ParsedSource, obstacle: RetryObstacle): string {
  const at = obstacle.at ? ` (\`${print(source, obstacle.at)}\`)` : '';
  switch (obstacle.kind) {
    case 'recursion':
      return `The function calls itself to try again, and hands on something else than what it got, or does more than give what that gives${at}; give the request to \`resilientStream\` with \`maxRetries\` by hand.`;
    case 'parameter':
      return `\`${obstacle.name}\` is another in each attempt, and a caller may say what it begins with; where none does, take it out of the signature, and give the request to \`resilientStream\` with \`maxRetries\` by hand.`;
    case 'shape':
      return 'The attempts do not end right behind a whole answer, or not each is the same request; give the request to `resilientStream` with `maxRetries` by hand.';
    case 'other-work':
      return `Between two attempts more is done than to count and to wait${at}; move that into \`onEvent\` or \`isRetryable\` of \`resilientStream\` by hand.`;
    case 'cap':
      return 'How often the request is tried again is not in sight; give it to `resilientStream` with `maxRetries` by hand.';
    case 'wait':
      return 'The waits between the attempts are no multiples of the first one; decide what `backoff` is to be, and give the request to `resilientStream` by hand.';
    case 'questions':
      return `Errors are told apart in more than one way${at}; put that into \`isRetryable\` of \`resilientStream\` by hand.`;
    case 'logs':
      return `Each failure is logged${at}; let \`onEvent\` of \`resilientStream\` do that by hand.`;
    case 'follow-up':
      return `What else an attempt does may fail and is tried again too${at}; move it out of the attempts, then run this again.`;
    case 'throws':
      return `The program asks for another attempt by itself${at}; decide which of the helper’s options stands for that.`;
    case 'counter':
      return `\`${obstacle.name}\` is used for more than the attempts; take it out of the rest, then run this again.`;
  }
}

const print = ({ text }: ParsedSource, { range }: TSESTree.Node): string => {
  const line = text.slice(...range).replace(/\s+/g, ' ').replaceAll('`', "'");
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
};

const documented = (name: string): Obstacle => ({ obstacle: `The comment above the function speaks of \`${name}\`, which is there for the attempts alone; take that out of it, then run this again.` });
const hidden = (name: string): Obstacle => ({ obstacle: `\`${name}\` is the name of another variable around the attempts; rename one of them, then run this again.` });

function replace(source: ParsedSource, loop: StreamLoop, retry: ManualRetry, options: CodemodOptions): Wrapping | Obstacle {
  const clash = findClash(source, retry);
  if (clash !== null) return hidden(clash);
  const spoken = findSpoken(source, retry);
  if (spoken !== null) return documented(spoken);
  if (loop.alternatives.length > 0 || loop.origin.wrapper) return { obstacle: explain(source, { kind: 'shape', at: null }) };
  const told = printLogs(source, retry, options);
  if (told !== null && isObstacle(told)) return told;
  const undo = retry.startsAnew ? findUndo(source, loop, loop.origin.call!) : printResets(source, retry);
  const wrapping = wrapCall(source, { ...loop, retriedBy: null }, loop.origin, options, { options: [...findOptions(source, retry), ...(told ? [told] : [])], undo });
  if (isObstacle(wrapping)) return wrapping;
  const isShown = undo === null && loop.outputs.length > 0;
  const edits = [...(isShown ? markStatement(source, retry.place, SHOWN) : []), ...unpack(source, retry), ...removeStatements(source, retry.gone), ...removeParameters(source, retry.dropped), ...wrapping.edits];
  return { imports: wrapping.imports, edits: [...findImportEdits(source, wrapping.imports, options), ...edits] };
}

/** The lines that the program wrote of failed attempts, written at the helper's events; null where there are none. */
function printLogs(source: ParsedSource, { logs, guard }: ManualRetry, options: CodemodOptions): HelperOption | Obstacle | null {
  if (logs.length === 0) return null;
  const isTyped = isTypeScript(source, options);
  const loose = isTyped ? logs.find((log) => readsLoosely(source, log)) : undefined;
  const { param } = guard.handler;
  if (loose || (param?.type === 'Identifier' && param.typeAnnotation && isTyped && param.typeAnnotation.typeAnnotation.type !== 'TSUnknownKeyword')) return { obstacle: explain(source, { kind: 'logs', at: (loose ?? logs[0]!).statement }) };
  const event = logs.some(({ statement }) => /\bevent\b/.test(source.text.slice(...statement.range))) ? 'streamEvent' : 'event';
  const { quote, semicolon } = findStyle(source);
  const lines = logs.map((log) => `if (${log.events.map((type) => `${event}.type === ${quote}${type}${quote}`).join(' || ')}) ${printLog(source, log, event, isTyped)}`);
  return { name: 'onEvent', value: `(${event}) => { ${lines.join('; ')}${semicolon} }` };
}

/** What is caught is `unknown` in the event, whatever it was in the handler. */
const readsLoosely = ({ text }: ParsedSource, { statement, mentions }: AttemptLog): boolean =>
  mentions.some(({ node, field }) => field === 'error' && node.parent?.type === 'MemberExpression' && node.parent.object === node) && !/\binstanceof\b/.test(text.slice(...statement.range));

function printLog({ text }: ParsedSource, { statement, mentions }: AttemptLog, event: string, isTyped: boolean): string {
  const { range } = statement.expression;
  const edits = mentions.map(({ node, field, from, more }): TextEdit => {
    const standsAlone = node.parent?.type === 'TemplateLiteral' || node.parent?.type === 'CallExpression' || node.parent?.type === 'Property';
    const value = `${from === null ? '' : `${from} - `}${event}.${field}${more === 0 ? '' : ` ${more < 0 ? '-' : '+'} ${Math.abs(more)}`}`;
    const printed = field === 'delayMs' && isTyped && !standsAlone ? `(${value} ?? 0)` : (more === 0 && from === null) || standsAlone ? value : `(${value})`;
    const isShorthand = node.parent?.type === 'Property' && node.parent.shorthand;
    return { range: [node.range[0] - range[0], node.range[1] - range[0]], text: isShorthand ? `${text.slice(...node.range)}: ${printed}` : printed };
  });
  return applyEdits(text.slice(...range), withoutRepetitions(edits));
}

/** The body of the function that does what each attempt began with. */
function printResets(source: ParsedSource, { resets }: ManualRetry): string | null {
  const { semicolon } = findStyle(source);
  return resets.length === 0 ? null : `{ ${resets.map(({ range }) => source.text.slice(...range)).join('; ')}${semicolon} }`;
}

/** A name of an attempt's own that means something else around it. */
function findClash(source: ParsedSource, { place, scope, before, inside }: ManualRetry): string | null {
  const names = new Set([...before, ...inside].flatMap((statement) => (source.scopeManager?.getDeclaredVariables(statement) ?? []).map(({ name }) => name)));
  let clash: string | null = null;
  visit(scope, source.visitorKeys, (node) => {
    if (node === place) return false;
    if (node.type === 'Identifier' && names.has(node.name) && !(node.parent.type === 'MemberExpression' && node.parent.property === node && !node.parent.computed)) clash ??= node.name;
    return true;
  });
  return clash;
}

function findOptions(source: ParsedSource, { retries, backoff, question }: ManualRetry): HelperOption[] {
  const style = findStyle(source);
  const { initial, factor, most } = backoff;
  const parts = [`initialMs: ${initial}`, ...(factor === null ? [] : [`factor: ${factor}`]), ...(most === null ? [] : [`maxMs: ${most}`])];
  const asked: HelperOption[] = question ? [{ name: 'isRetryable', value: `(${source.text.slice(...question.error.range)}) => ${question.expected ? source.text.slice(...question.node.range) : negate(source, question.node)}` }] : [];
  return [{ name: 'maxRetries', value: retries }, { name: 'backoff', value: braced(parts, style) }, ...asked];
}

const OPPOSITE: Readonly<Record<string, string>> = { '===': '!==', '!==': '===', '==': '!=', '!=': '==' };

function negate({ text }: ParsedSource, node: TSESTree.Expression): string {
  const whole = text.slice(...node.range);
  if (node.type === 'UnaryExpression' && node.operator === '!') return text.slice(...node.argument.range);
  const opposite = node.type === 'BinaryExpression' ? OPPOSITE[node.operator] : undefined;
  if (node.type === 'BinaryExpression' && opposite) return text.slice(node.range[0], node.left.range[1]) + text.slice(node.left.range[1], node.right.range[0]).replace(node.operator, opposite) + text.slice(node.right.range[0], node.range[1]);
  return /^(?:CallExpression|MemberExpression|Identifier)$/.test(node.type) ? `!${whole}` : `!(${whole})`;
}

/** What an attempt does, without what is around it. */
function unpack(source: ParsedSource, { place, before, inside }: ManualRetry): TextEdit[] {
  const { text } = source;
  const { newline } = findStyle(source);
  const indentation = findIndentation(text, place.range[0]);
  const edits: TextEdit[] = [];
  let end = place.range[0];
  for (const list of [before, inside]) {
    const [first, last] = [list[0], list.at(-1)];
    if (!first || !last) continue;
    // Comments above the first statement are about it.
    const start = findLead(text, first);
    const stop = findLineEnd(text, last.range[1]) ?? last.range[1];
    edits.push({ range: [end, start], text: end === place.range[0] ? '' : newline + indentation }, ...reindent(source, [start, stop], findIndentation(text, first.range[0]), indentation));
    end = stop;
  }
  return [...edits, { range: [end, place.range[1]], text: '' }];
}

/** The name of a parameter that goes, in the comment above its function. */
function findSpoken({ text }: ParsedSource, { scope, dropped }: ManualRetry): string | null {
  const above = [scope, ...ancestorsOf(scope)].find((node) => /^(?:ExpressionStatement|VariableDeclaration|FunctionDeclaration|MethodDefinition|PropertyDefinition)$/.test(node.type)) ?? scope;
  const comment = /(?:\/\*(?:(?!\*\/)[\s\S])*\*\/|(?:\/\/[^\r\n]*\s*)+)\s*$/.exec(text.slice(0, above.range[0]))?.[0] ?? '';
  const names = dropped.map((parameter) => (parameter.type === 'AssignmentPattern' ? parameter.left : parameter)).flatMap((name) => (name.type === 'Identifier' ? [name.name] : []));
  return names.find((name) => comment.split(/[^\w$]+/).includes(name)) ?? null;
}

/** Takes the last parameters of a function out, with the comma before them, and with the one behind where none are left. */
function removeParameters({ text }: ParsedSource, parameters: readonly TSESTree.Parameter[]): TextEdit[] {
  const [first, last] = [parameters[0], parameters.at(-1)];
  if (!first || !last || !isFunction(first.parent)) return [];
  const [previous] = first.parent.params.slice(0, first.parent.params.indexOf(first)).slice(-1);
  if (previous) return [{ range: [previous.range[1], last.range[1]], text: '' }];
  const comma = /^\s*,/.exec(text.slice(last.range[1]))?.[0].length ?? 0;
  const isBare = !/\(\s*$/.test(text.slice(0, first.range[0]));
  return [{ range: [first.range[0], last.range[1] + comma], text: isBare ? '()' : '' }];
}

function findLead(text: string, { range: [start] }: TSESTree.Node): number {
  let lead = start;
  for (;;) {
    const above = /(?:^|[\r\n])[^\S\r\n]*(\/\/[^\r\n]*|\/\*(?:(?!\*\/)[\s\S])*\*\/)[^\S\r\n]*(?:\r\n|[\r\n])[^\S\r\n]*$/.exec(text.slice(0, lead));
    if (!above) return lead;
    lead = above.index + above[0].indexOf(above[1]!);
  }
}
