import { anthropicMessages, openaiChat, openaiCompletions, openaiResponses, resilientStream, type Progress, type Protocol } from 'resilient-stream';
import { describe, expect, it } from 'vitest';

const protocols: readonly Protocol[] = [openaiChat, openaiCompletions, openaiResponses, anthropicMessages];
const empty: Progress = { delta: '', hasContent: false, terminal: false, finishReason: null, toolCallOpen: false, failure: null, cursor: null };

/** What a protocol has understood behind each chunk. */
function follow(protocol: Protocol, chunks: readonly object[]): Progress[] {
  const read = protocol.start();
  const progress = { ...empty };
  return chunks.map((chunk) => {
    progress.delta = '';
    read(chunk as never, progress);
    return { ...progress };
  });
}

const chat = (choice: object, more: object = {}): object => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }], ...more });

describe('the first chunk tells the protocol', () => {
  it.each<[string, object, string | null]>([
    ['a chat chunk', chat({}), 'openai-chat'],
    ['a chat chunk of a host that names no object', { choices: [{ delta: { content: 'x' } }] }, 'openai-chat'],
    ['a chunk of Azure\'s content filter, without choices', { object: '', choices: [], prompt_filter_results: [] }, 'openai-chat'],
    ['a legacy completion', { object: 'text_completion', choices: [{ text: 'x' }] }, 'openai-completions'],
    ['a legacy completion of a host that names no object', { choices: [{ text: 'x' }] }, 'openai-completions'],
    ['a Responses event', { type: 'response.created' }, 'openai-responses'],
    ['a Responses error', { type: 'error', sequence_number: 0 }, 'openai-responses'],
    ['an Anthropic event', { type: 'message_start' }, 'anthropic-messages'],
    ['something else', { type: 'text-delta', text: 'x' }, null],
    ['an empty object', {}, null],
  ])('%s', (_, chunk, name) => {
    expect(protocols.find(({ matches }) => matches(chunk as Record<string, unknown>))?.name ?? null).toBe(name);
  });
});

describe('openai-chat', () => {
  it('takes a role for preamble, and text, refusal, reasoning or a tool call for content', () => {
    expect(follow(openaiChat, [chat({ delta: { role: 'assistant', content: '', tool_calls: [], refusal: null } })])[0]).toMatchObject({ hasContent: false, delta: '' });
    for (const delta of [{ content: 'x' }, { refusal: 'no' }, { reasoning_content: 'hm' }, { tool_calls: [{ index: 0 }] }]) {
      expect(follow(openaiChat, [chat({ delta })])[0]?.hasContent).toBe(true);
    }
  });

  it('keeps a tool call open until the finish reason', () => {
    const open = follow(openaiChat, [chat({ delta: { tool_calls: [{ index: 0, function: { arguments: '{"a' } }] } }), chat({ finish_reason: 'tool_calls' })]);
    expect(open.map(({ toolCallOpen }) => toolCallOpen)).toEqual([true, false]);
  });

  it('takes an empty finish reason for none', () => {
    expect(follow(openaiChat, [chat({ delta: { content: 'x' }, finish_reason: '' })])[0]?.terminal).toBe(false);
  });

  it('reads text and finish reason of one chunk', () => {
    expect(follow(openaiChat, [chat({ delta: { content: 'x' }, finish_reason: 'stop' })])[0]).toMatchObject({ delta: 'x', terminal: true, finishReason: 'stop' });
  });

  it('reads the text of the first choice, and is finished when each one is', () => {
    const read = follow(openaiChat, [chat({ delta: { content: 'a' } }), chat({ index: 1, delta: { content: 'b' } }), chat({ index: 1, finish_reason: 'length' }), chat({ finish_reason: 'stop' })]);
    expect(read.map(({ delta, terminal }) => [delta, terminal])).toEqual([['a', false], ['', false], ['', false], ['', true]]);
  });

  it('finds an error beside the choices', () => {
    expect(follow(openaiChat, [{ choices: [], error: { code: 502, message: 'Provider returned error' } }])[0]?.failure).toEqual({ code: '502', message: 'Provider returned error' });
  });
});

describe('openai-completions', () => {
  it('reads text, and is finished by the finish reason', () => {
    const read = follow(openaiCompletions, [{ choices: [{ index: 0, text: 'x', finish_reason: null }] }, { choices: [{ index: 0, text: '', finish_reason: 'length' }] }, { choices: [] }]);
    expect(read.map(({ delta, terminal }) => [delta, terminal])).toEqual([['x', false], ['', true], ['', true]]);
    expect(read.at(-1)?.finishReason).toBe('length');
  });
});

describe('openai-responses', () => {
  it('takes created, queued, in_progress and added for preamble', () => {
    const types = ['response.created', 'response.queued', 'response.in_progress', 'response.output_item.added', 'response.content_part.added'];
    expect(follow(openaiResponses, types.map((type) => ({ type }))).at(-1)?.hasContent).toBe(false);
    expect(follow(openaiResponses, [{ type: 'response.web_search_call.in_progress' }])[0]?.hasContent).toBe(true);
  });

  it.each([
    [{ type: 'response.completed', response: { status: 'completed', incomplete_details: null } }, 'completed'],
    [{ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } } }, 'content_filter'],
    [{ type: 'response.cancelled' }, 'cancelled'],
  ])('is finished by $type', (event, finishReason) => {
    expect(follow(openaiResponses, [event])[0]).toMatchObject({ terminal: true, finishReason, failure: null });
  });

  it.each([
    [{ type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Slow down' } } }],
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down' }],
    [{ type: 'error', error: { code: 'rate_limit_exceeded', message: 'Slow down' } }],
  ])('has failed by %j', (event) => {
    expect(follow(openaiResponses, [event])[0]).toMatchObject({ terminal: false, failure: { code: 'rate_limit_exceeded', message: 'Slow down' } });
  });

  it('keeps a tool call open until its item is done', () => {
    const read = follow(openaiResponses, [{ type: 'response.output_item.added', item: { type: 'function_call' } }, { type: 'response.function_call_arguments.delta', delta: '{' }, { type: 'response.output_item.done' }]);
    expect(read.map(({ toolCallOpen, delta }) => [toolCallOpen, delta])).toEqual([[true, ''], [true, ''], [false, '']]);
  });
});

describe('anthropic-messages', () => {
  const start = (type: string): object => ({ type: 'content_block_start', index: 0, content_block: { type } });

  it('takes an empty text or thinking block for preamble, and a tool for content', () => {
    expect(follow(anthropicMessages, [{ type: 'message_start' }, start('text'), start('thinking')]).at(-1)?.hasContent).toBe(false);
    expect(follow(anthropicMessages, [start('tool_use')])[0]).toMatchObject({ hasContent: true, toolCallOpen: true });
    expect(follow(anthropicMessages, [start('tool_use'), { type: 'content_block_stop' }])[1]?.toolCallOpen).toBe(false);
  });

  it('reads text deltas alone', () => {
    const deltas = [{ type: 'thinking_delta', thinking: 'hm' }, { type: 'input_json_delta', partial_json: '{' }, { type: 'text_delta', text: 'x' }];
    expect(follow(anthropicMessages, deltas.map((delta) => ({ type: 'content_block_delta', delta }))).map(({ delta }) => delta)).toEqual(['', '', 'x']);
  });

  it('is finished by a stop reason, and by message_stop', () => {
    expect(follow(anthropicMessages, [{ type: 'message_delta', delta: { stop_reason: null } }])[0]?.terminal).toBe(false);
    expect(follow(anthropicMessages, [{ type: 'message_delta', delta: { stop_reason: 'refusal' } }])[0]).toMatchObject({ terminal: true, finishReason: 'refusal' });
    expect(follow(anthropicMessages, [{ type: 'message_stop' }])[0]?.terminal).toBe(true);
  });

  it('has failed by an error event', () => {
    expect(follow(anthropicMessages, [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }])[0]?.failure).toEqual({ code: 'overloaded_error', message: 'Overloaded' });
  });
});

it('a named protocol is not guessed', async () => {
  const stream = resilientStream(() => [{ choices: [{ text: 'x', finish_reason: 'stop' }] }], { protocol: openaiCompletions });
  const texts: string[] = [];
  for await (const text of stream.text()) texts.push(text);
  expect(texts).toEqual(['x']);
});
