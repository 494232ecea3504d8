import { RetryBudget, resilientStream, type Protocol } from 'resilient-stream';
import * as helper from 'resilient-stream';
import { describe, expect, it } from 'vitest';
import { recordedAnswers } from './recorded.ts';

const {
  aiSdk,
  anthropicMessages,
  claudeAgent,
  cohere,
  googleGenai,
  googleInteractions,
  huggingFace,
  langchainModelEvents,
  mistral,
  ollama,
  openaiAgents,
  openaiChat,
  openaiResponses,
  replicate,
} = helper;

const finished = (reason: string): object => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: {}, finish_reason: reason }],
});
const apiError = (statusCode: number): Error =>
  Object.assign(new Error('Service unavailable'), { name: 'AI_APICallError', statusCode });

interface Failure {
  readonly title: string;
  readonly protocol: Protocol;
  readonly chunk: unknown;
  readonly retried?: boolean;
  readonly thrown: object;
}

const interrupted = (code: string | null, more: object = {}): object => ({
  code: 'interrupted',
  cause: expect.objectContaining({ code, ...more }) as object,
});

const failures: readonly Failure[] = [
  {
    title: 'an error beside the choices (OpenRouter)',
    protocol: openaiChat,
    chunk: { choices: [], error: { code: 502, message: 'Provider returned error' } },
    thrown: interrupted('502', { status: 502, message: 'Provider returned error' }),
  },
  {
    title: 'a gateway that refuses',
    protocol: openaiChat,
    chunk: { choices: [], error: { code: 402, message: 'No credits' } },
    retried: false,
    thrown: interrupted('402', { status: 402 }),
  },
  {
    title: 'a finish reason `error`',
    protocol: openaiChat,
    chunk: finished('error'),
    thrown: interrupted('server_error'),
  },
  {
    title: "an error of Groq's",
    protocol: openaiChat,
    chunk: { choices: [], x_groq: { error: 'over capacity' } },
    thrown: interrupted('server_error', { message: 'over capacity' }),
  },
  {
    title: 'an object `error` (vLLM, Mistral on the wire)',
    protocol: openaiChat,
    chunk: { object: 'error', message: 'boom', type: 'internal_server_error', code: null },
    thrown: interrupted('internal_server_error'),
  },
  {
    title: 'response.failed',
    protocol: openaiResponses,
    chunk: {
      type: 'response.failed',
      sequence_number: 9,
      response: { error: { code: 'rate_limit_exceeded', message: 'Slow down' } },
    },
    thrown: interrupted('rate_limit_exceeded'),
  },
  {
    title: 'a flat error event (openai 6)',
    protocol: openaiResponses,
    chunk: { type: 'error', sequence_number: 9, code: 'server_error', message: 'boom', param: null },
    thrown: interrupted('server_error', { message: 'boom' }),
  },
  {
    title: 'a flat error event without a code',
    protocol: openaiResponses,
    chunk: { type: 'error', sequence_number: 9, code: null, message: 'boom' },
    thrown: interrupted('server_error', { message: 'boom' }),
  },
  {
    title: 'a response refused for its content',
    protocol: openaiResponses,
    chunk: { type: 'response.failed', response: { error: { code: 'invalid_prompt', message: 'no' } } },
    retried: false,
    thrown: interrupted('invalid_prompt'),
  },
  {
    title: 'overloaded',
    protocol: anthropicMessages,
    chunk: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    thrown: interrupted('overloaded_error', { message: 'Overloaded' }),
  },
  {
    title: 'an error part: its own error',
    protocol: aiSdk,
    chunk: { type: 'error', error: apiError(503) },
    thrown: { name: 'AI_APICallError', statusCode: 503 },
  },
  {
    title: 'an error part that is final',
    protocol: aiSdk,
    chunk: { type: 'error', error: apiError(400) },
    retried: false,
    thrown: { name: 'AI_APICallError', statusCode: 400 },
  },
  {
    title: 'an error part for a missing finish reason',
    protocol: aiSdk,
    chunk: {
      type: 'error',
      error: Object.assign(new Error('Response stream ended without a finish reason.'), {
        name: 'AI_InvalidResponseDataError',
      }),
    },
    thrown: { code: 'truncated' },
  },
  {
    title: "an abort part for a limit of the SDK's",
    protocol: aiSdk,
    chunk: { type: 'abort', reason: 'TimeoutError: Chunk timeout of 1000ms exceeded' },
    thrown: interrupted('timeout'),
  },
  {
    title: 'an abort part without a reason',
    protocol: aiSdk,
    chunk: { type: 'abort' },
    retried: false,
    thrown: interrupted('abort'),
  },
  {
    title: 'a finish with `error`',
    protocol: aiSdk,
    chunk: { type: 'finish', finishReason: 'error' },
    thrown: interrupted('server_error'),
  },
  {
    title: 'an error for the user interface',
    protocol: aiSdk,
    chunk: { type: 'error', errorText: 'An error occurred.' },
    thrown: interrupted('server_error', { message: 'An error occurred.' }),
  },
  {
    title: 'an error on the wire',
    protocol: googleGenai,
    chunk: { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } },
    thrown: interrupted('503', { status: 503 }),
  },
  {
    title: 'an error event',
    protocol: googleInteractions,
    chunk: { event_type: 'error', error: { code: 'internal_error', message: 'boom' } },
    thrown: interrupted('internal_error'),
  },
  {
    title: 'an interaction that failed',
    protocol: googleInteractions,
    chunk: { event_type: 'interaction.completed', interaction: { status: 'failed' } },
    thrown: interrupted('server_error'),
  },
  {
    title: 'an event that is no JSON',
    protocol: googleInteractions,
    chunk: '{"event_type": oops}',
    thrown: { code: 'incomplete-chunk' },
  },
  {
    title: 'a finish reason `error`',
    protocol: mistral,
    chunk: { data: { choices: [{ index: 0, delta: {}, finishReason: 'error' }] } },
    thrown: interrupted('server_error'),
  },
  {
    title: 'an end with ERROR',
    protocol: cohere,
    chunk: { type: 'message-end', delta: { finishReason: 'ERROR' } },
    thrown: interrupted('server_error'),
  },
  {
    title: 'an end with an error',
    protocol: cohere,
    chunk: { type: 'message-end', delta: { error: 'boom', finishReason: 'ERROR' } },
    thrown: interrupted('server_error', { message: 'boom' }),
  },
  {
    title: 'an end with TIMEOUT',
    protocol: cohere,
    chunk: { type: 'message-end', delta: { finish_reason: 'TIMEOUT' } },
    thrown: interrupted('server_error'),
  },
  {
    title: 'an event `error`',
    protocol: cohere,
    chunk: { type: 'error', message: 'boom' },
    thrown: interrupted('server_error', { message: 'boom' }),
  },
  {
    title: 'an error on the wire',
    protocol: ollama,
    chunk: { error: 'model runner stopped' },
    thrown: interrupted('server_error', { message: 'model runner stopped' }),
  },
  {
    title: 'an error on the wire',
    protocol: huggingFace,
    chunk: { error: 'overloaded', error_type: 'overloaded' },
    thrown: interrupted('server_error'),
  },
  {
    title: 'an error event',
    protocol: langchainModelEvents,
    chunk: { event: 'error', message: 'boom', code: 'rate_limit' },
    thrown: interrupted('rate_limit'),
  },
  {
    title: 'a chat that failed inside',
    protocol: openaiAgents,
    chunk: { type: 'raw_model_stream_event', data: { type: 'model', event: finished('error') } },
    thrown: interrupted('server_error'),
  },
  {
    title: 'an error event',
    protocol: replicate,
    chunk: { event: 'error', data: 'boom' },
    thrown: interrupted('server_error', { message: 'boom' }),
  },
  {
    title: 'a prediction that failed',
    protocol: replicate,
    chunk: { event: 'done', data: '{"reason":"error"}' },
    thrown: interrupted('server_error'),
  },
  {
    title: 'a result that is an error',
    protocol: claudeAgent,
    chunk: { type: 'result', subtype: 'error_max_turns', is_error: true, errors: ['too many'], session_id: 's' },
    retried: false,
    thrown: interrupted('error_max_turns', { message: 'too many' }),
  },
];

describe.each(failures)('$protocol.name: $title', ({ protocol, chunk, retried = true, thrown }) => {
  const { chunks, content } = recordedAnswers.find((answer) => answer.protocol === protocol)!;
  const whole = chunks;

  it(retried ? 'before the content it is retried unseen' : 'before the content it is not retried', async () => {
    let attempts = 0;
    // Without preamble the failure is the first chunk, and the protocol has to be named.
    const stream = resilientStream<unknown>(
      () => ((attempts += 1) === 1 ? [...chunks.slice(0, content), chunk] : whole),
      { protocol, backoff: { initialMs: 0 }, retryBudget: new RetryBudget() },
    );
    const got: unknown[] = [];
    const reading = (async () => {
      for await (const each of stream) got.push(each);
    })();
    if (retried) {
      await reading;
      expect(got).toEqual(whole);
    } else {
      await expect(reading).rejects.toMatchObject(thrown);
    }
    expect(attempts).toBe(retried ? 2 : 1);
  });

  it('in mid-answer it is thrown, behind the exact prefix', async () => {
    const prefix = chunks.slice(0, content + 1);
    const stream = resilientStream<unknown>(() => [...prefix, chunk], { protocol, retryBudget: new RetryBudget() });
    const got: unknown[] = [];
    await expect(
      (async () => {
        for await (const each of stream) got.push(each);
      })(),
    ).rejects.toMatchObject(thrown);
    expect(got.slice(0, prefix.length)).toEqual(prefix);
  });
});

describe('the error of an SDK that says itself', () => {
  const unread = JSON.stringify(
    [{ expected: 'string', code: 'invalid_type', path: ['data', 'id'], message: 'Invalid input' }],
    null,
    2,
  );

  it.each<[string, string, Error]>([
    [
      "that the end is missing: Ollama's",
      'truncated',
      new Error('Did not receive done or success response in stream.'),
    ],
    [
      "that the end is missing: the AI SDK's",
      'truncated',
      Object.assign(new Error('No output generated. The model stream ended without a finish chunk.'), {
        name: 'AI_NoOutputGeneratedError',
      }),
    ],
    ["that the end is missing: the Agents SDK's", 'truncated', new Error('Model did not produce a final response!')],
    ['that a frame is cut: that of AWS', 'incomplete-chunk', new Error('Truncated event message received.')],
    [
      'that a body is no frame: that of AWS',
      'incomplete-chunk',
      Object.assign(new Error('Truncated event message received.\n  Deserialization error'), {
        $metadata: { httpStatusCode: 200 },
      }),
    ],
    ["that a chunk is none: Mistral's", 'incomplete-chunk', Object.assign(new Error(unread), { name: 'ZodError' })],
  ])('%s is `%s`, and retried', async (_, code, error) => {
    const { chunks } = recordedAnswers.find(({ title }) => title === 'ollama chat')!;
    let attempts = 0;
    async function* play(delivered: number): AsyncGenerator<object> {
      attempts += 1;
      yield* chunks.slice(0, attempts === 1 ? delivered : chunks.length);
      if (attempts === 1) throw error;
    }
    const options = { retryBudget: new RetryBudget(), backoff: { initialMs: 0 } };
    const got: unknown[] = [];
    for await (const chunk of resilientStream(() => play(0), options)) got.push(chunk);
    expect([got, attempts]).toEqual([chunks, 2]);
    attempts = 0;
    await expect(
      (async () => {
        for await (const chunk of resilientStream(() => play(2), options)) void chunk;
      })(),
    ).rejects.toMatchObject({ code, partial: { text: 'Hé' }, cause: error });
  });
});

it("a body of JSON that Google's SDK took for a stream is retried; if it stays so, the SDK's own error is thrown", async () => {
  const asyncIterable = { error: { code: 503 } } as unknown as AsyncIterable<object>;
  const proxy = { [Symbol.asyncIterator]: () => asyncIterable[Symbol.asyncIterator]() };
  const { chunks } = recordedAnswers.find(({ protocol }) => protocol === googleInteractions)!;
  const options = { maxRetries: 1, retryBudget: new RetryBudget(), backoff: { initialMs: 0 } };
  let attempts = 0;
  const got: unknown[] = [];
  for await (const chunk of resilientStream<unknown>(() => ((attempts += 1) === 1 ? proxy : chunks), options))
    got.push(chunk);
  expect([got, attempts]).toEqual([chunks, 2]);
  await expect(
    (async () => {
      for await (const chunk of resilientStream(() => proxy, options)) void chunk;
    })(),
  ).rejects.toThrow(new TypeError('asyncIterable[Symbol.asyncIterator] is not a function'));
});

it('an overload behind the parts that the AI SDK adds for Anthropic is retried unseen', async () => {
  const overloaded = Object.assign(new Error('Overloaded'), {
    name: 'AI_StreamProviderError',
    type: 'overloaded_error',
    statusCode: 529,
    isRetryable: true,
  });
  const preamble = [
    { type: 'start' },
    { type: 'start-step' },
    { type: 'custom', kind: 'anthropic.message_start' },
    { type: 'text-start', id: '0' },
  ];
  const whole = [
    ...preamble,
    { type: 'text-delta', id: '0', text: 'Hi' },
    { type: 'finish', finishReason: 'stop', rawFinishReason: 'end_turn' },
  ];
  let attempts = 0;
  const got: unknown[] = [];
  const open = (): object[] => ((attempts += 1) === 1 ? [...preamble, { type: 'error', error: overloaded }] : whole);
  for await (const part of resilientStream(open, { retryBudget: new RetryBudget(), backoff: { initialMs: 0 } }))
    got.push(part);
  expect([got, attempts]).toEqual([whole, 2]);
});

describe('a first chunk that is nothing but an error', () => {
  it.each<[string, object]>([
    ["OpenAI's and Google's", { error: { code: 503, message: 'Unavailable' } }],
    ["Ollama's", { error: 'model runner stopped' }],
    ["Anthropic's", { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
    ["Cohere's", { type: 'error', message: 'boom' }],
    ["a flat one of OpenAI's", { type: 'error', code: 'server_error', message: 'boom', sequence_number: 0 }],
    ['that of an AI SDK user interface', { type: 'error', errorText: 'An error occurred.' }],
    ["an event of LangChain's", { event: 'error', message: 'boom' }],
  ])('%s is retried', async (_, chunk) => {
    let attempts = 0;
    const whole = recordedAnswers[0]!.chunks;
    const got: unknown[] = [];
    for await (const each of resilientStream(() => ((attempts += 1) === 1 ? [chunk] : whole), {
      backoff: { initialMs: 0 },
      retryBudget: new RetryBudget(),
    }))
      got.push(each);
    expect(got).toEqual(whole);
  });
});
