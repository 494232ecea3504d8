import { findVariable } from '../src/analysis/source/bindings.ts';
import { findStreamLoops, mayHoldStreamLoop } from '../src/analysis/find-stream-loops.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import type { StreamLoop, StreamOrigin } from '../src/analysis/facts/stream-loop.ts';
import { ancestorsOf, findPropertyName, isFunction, unwrap } from '../src/analysis/source/tree.ts';
import {
  type Codemod,
  type CodemodOptions,
  HELPER,
  rememberForms,
  type Rewrite,
  type Skip,
} from './contract/codemod.ts';
import { withoutRepetitions } from './contract/edits.ts';
import { findImportEdits, findLocalName } from './text/imports.ts';
import { isObstacle, type Obstacle } from './options/placement.ts';
import { createTransform } from './transform.ts';
import type { Wrapping } from './wrap/print-wrap.ts';
import { wrapCall } from './wrap/wrap-call.ts';
import { wrapForms } from './wrap/wrap-forms.ts';

export const codemod: Codemod = {
  name: 'wrap-in-resilient-stream',
  title: 'Wrap the request in `resilientStream`',
  description:
    'Wraps the SDK call that a stream loop reads in `resilientStream(…)`, hands it the signal of the attempt and switches off the retries of the SDK. The `await`, the variable and the loop stay where they are; a stream that was a member of the result is read from the helper. So is the `data` of `.withResponse()`, and its `request_id`; its `response` is put into a variable, which holds that of the newest attempt. Retries and limits that the program states go on to the helper. A request in a callback, `await retry(() => request)`, stays in it, with the limits and retries that it has there: the helper is put around the whole and makes sure of the end alone. A loop that ends quietly when its signal is aborted is left where the program would go on behind it: the helper throws. A LangChain chain that ends in a parser gives text or objects with no sign of their end: there the helper brings limits and retries, and cannot tell a cut.',
  mayHold: mayHoldStreamLoop,
  forms: rememberForms(wrapForms),
  resolves: ['prefer-resilient-stream', 'require-completion-check', 'require-timeout'],
  findRewrites(source, options) {
    const rewrites: Rewrite[] = [];
    const skipped: Skip[] = [];
    const loops = findStreamLoops(source, options.hints);
    for (const loop of loops) {
      const { line } = loop.node.loc.start;
      const wrapping = rewriteLoop(source, loop, loops, options);
      if (wrapping === null) continue;
      if (isObstacle(wrapping)) skipped.push({ line, reason: wrapping.obstacle, loop });
      else rewrites.push({ line, codemod: codemod.name, loop, ...wrapping });
    }
    return { rewrites, skipped };
  },
  examples: [
    {
      before: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.chat.completions.create({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      after: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI();
const stream = await resilientStream(({ signal }) => client.chat.completions.create({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
}, { signal, maxRetries: 0 }));
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
    },
    {
      before: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();

export async function answer(params, controller) {
  let text = '';
  for await (const event of client.messages.stream(params, { signal: controller.signal })) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  }
  return text;
}
`,
      after: `import Anthropic from '@anthropic-ai/sdk';
import { resilientStream, restart } from 'resilient-stream';

const client = new Anthropic();

export async function answer(params, controller) {
  let text = '';
  for await (const event of resilientStream(({ signal }) => client.messages.stream(params, { signal, maxRetries: 0 }), { signal: controller.signal, recover: restart(() => { text = ''; }) })) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  }
  return text;
}
`,
    },
    {
      before: `import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';

const result = streamText({ model: openai('gpt-5'), prompt: 'Hello' });
for await (const text of result.textStream) {
  process.stdout.write(text);
}
`,
      after: `import { openai } from '@ai-sdk/openai';
import { streamText } from 'ai';
import { resilientStream } from 'resilient-stream';

const result = resilientStream(({ signal }) => streamText({ model: openai('gpt-5'), prompt: 'Hello', abortSignal: signal, maxRetries: 0 }));
for await (const text of result.text()) {
  process.stdout.write(text);
}
`,
    },
    {
      before: `import OpenAI from 'openai';

const client = new OpenAI();
const { data: stream, request_id } = await client.responses.create({ model: 'gpt-5', input: 'Hello', stream: true }).withResponse();
console.log(request_id);
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);
}
`,
      after: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI();
const stream = await resilientStream(({ signal }) => client.responses.create({ model: 'gpt-5', input: 'Hello', stream: true }, { signal, maxRetries: 0 }).withResponse());
console.log(stream.requestId);
for await (const event of stream) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);
}
`,
    },
  ],
};

export default /* @__PURE__ */ createTransform(codemod);

/** Null where there is nothing to do. */
function rewriteLoop(
  source: ParsedSource,
  read: StreamLoop,
  loops: readonly StreamLoop[],
  options: CodemodOptions,
): Wrapping | Obstacle | null {
  const loop = withRequests(read);
  const origins = originsOf(loop).filter(
    (origin) =>
      !isWrapped(source, origin, options) && !isReadElsewhere(origin, loops) && !isRepeatedByType(source, loop, origin),
  );
  if (origins.length === 0) return null;
  const wrappings = origins.map((origin) => wrapCall(source, withAttempts(loop, origin), origin, options));
  const obstacle = wrappings.find(isObstacle);
  if (obstacle) return obstacle;
  const parts = wrappings as readonly Wrapping[];
  const imports = [...new Set(parts.flatMap((part) => part.imports))];
  const edits = withoutRepetitions(parts.flatMap((part) => part.edits));
  return {
    imports,
    edits: [...findImportEdits(source, imports, options), ...edits],
    deferred: parts.flatMap((part) => part.deferred),
  };
}

/** For a loop that reads a parameter: the requests of the function's callers. */
function withRequests(loop: StreamLoop): StreamLoop {
  const [first, ...others] = loop.argumentStreams.map(({ origin }) => origin);
  return first && !loop.resilient ? { ...loop, origin: first, alternatives: others } : loop;
}

/** A caller may itself retry the request whose stream it passes as an argument. */
function withAttempts(loop: StreamLoop, origin: StreamOrigin): StreamLoop {
  const passed = loop.argumentStreams.find((each) => each.origin === origin);
  return passed?.retriedBy ? { ...loop, retriedBy: passed.retriedBy } : loop;
}

const originsOf = ({ origin, alternatives }: StreamLoop): StreamOrigin[] => [origin, ...alternatives];

/**
 * The origin is only the declared type of a variable whose request is another origin of the loop. The type of a
 * parameter counts by itself: callers may pass another stream.
 */
function isRepeatedByType(source: ParsedSource, loop: StreamLoop, { call, evidence }: StreamOrigin): boolean {
  if (call !== null || evidence !== 'annotation' || originsOf(loop).every((other) => other.call === null)) return false;
  const iterated = loop.node.type === 'ForOfStatement' ? findVariable(source, unwrap(loop.node.right)) : null;
  return iterated === null || iterated.defs.every(({ type }) => type === 'Variable');
}

/** A generator of this file reads the stream in its own loop, and yields the chunks. */
const isReadElsewhere = ({ relayed, call }: StreamOrigin, loops: readonly StreamLoop[]): boolean =>
  relayed &&
  call !== null &&
  loops.some((loop) => originsOf(withRequests(loop)).some((other) => other.call === call && !other.relayed));

/** The request is already inside a callback of the helper, under the name that the file imports the helper by. */
function isWrapped(source: ParsedSource, { call, wrapper }: StreamOrigin, options: CodemodOptions): boolean {
  if (wrapper || !call) return wrapper !== null;
  const names = [HELPER, findLocalName(source, HELPER, options)];
  return [...ancestorsOf(call)].some((outer) => {
    if (!isFunction(outer) || outer.parent.type !== 'CallExpression') return false;
    const { callee } = outer.parent;
    return callee.type === 'MemberExpression'
      ? findPropertyName(callee) === HELPER
      : callee.type === 'Identifier' && names.includes(callee.name);
  });
}
