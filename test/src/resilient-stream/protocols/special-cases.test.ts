import {
  aiSdk,
  anthropicMessages,
  bedrockConverse,
  claudeAgent,
  cohere,
  googleGenai,
  googleInteractions,
  huggingFace,
  langchain,
  langchainEvents,
  langchainModelEvents,
  llamaindex,
  openaiAgents,
  openaiChat,
  openaiCompletions,
  openaiResponses,
  replicate,
  resilientStream,
  RetryBudget,
  type Progress,
  type Protocol,
} from 'resilient-stream';
import { describe, expect, it, vi } from 'vitest';
import { allProtocols } from '../../../../src/resilient-stream/protocols/all.ts';
import { createProgress } from '../../../../src/resilient-stream/protocols/protocol.ts';
import { recordedAnswers } from './recorded.ts';

/** What a protocol has understood behind each chunk. */
function follow(protocol: Protocol, chunks: readonly object[]): Progress[] {
  const read = protocol.start();
  const progress = createProgress();
  return chunks.map((chunk) => {
    progress.delta = '';
    read(chunk as never, progress);
    return { ...progress };
  });
}

const chat = (choice: object, more: object = {}): object => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }],
  ...more,
});

describe('the first chunk tells the protocol', () => {
  it.each<[string, object, string | null]>([
    ['a chat chunk', chat({}), 'openai-chat'],
    ['a chat chunk of a host that names no object', { choices: [{ delta: { content: 'x' } }] }, 'openai-chat'],
    [
      "a chunk of Azure's content filter, without choices",
      { object: '', choices: [], prompt_filter_results: [] },
      'openai-chat',
    ],
    ['a legacy completion', { object: 'text_completion', choices: [{ text: 'x' }] }, 'openai-completions'],
    ['a legacy completion of a host that names no object', { choices: [{ text: 'x' }] }, 'openai-completions'],
    ['a Responses event', { type: 'response.created' }, 'openai-responses'],
    ['a Responses error', { type: 'error', sequence_number: 0 }, 'openai-responses'],
    ['an Anthropic event', { type: 'message_start' }, 'anthropic-messages'],
    ['a part of the AI SDK without a start', { type: 'text-delta', text: 'x' }, 'ai-sdk'],
    ['a blocked prompt', { promptFeedback: { blockReason: 'SAFETY' } }, 'google-genai'],
    ["usage of Google's alone", { usageMetadata: {} }, 'google-genai'],
    ['an Anthropic chunk inside Bedrock', { chunk: { bytes: new Uint8Array() } }, 'bedrock-invoke'],
    [
      "a failure of Cohere's before anything else",
      { type: 'message-end', delta: { finish_reason: 'ERROR' } },
      'cohere',
    ],
    ['a hook of the Claude Agent SDK', { type: 'system', subtype: 'hook_started', session_id: 's' }, 'claude-agent'],
  ])('%s', (_, chunk, name) => {
    expect(allProtocols.find(({ matches }) => matches(chunk as Record<string, unknown>))?.name ?? null).toBe(name);
  });
});

describe('openai-chat', () => {
  it('takes a role for preamble, and text, refusal, reasoning or a tool call for content', () => {
    expect(
      follow(openaiChat, [chat({ delta: { role: 'assistant', content: '', tool_calls: [], refusal: null } })])[0],
    ).toMatchObject({ hasContent: false, delta: '' });
    for (const delta of [
      { content: 'x' },
      { refusal: 'no' },
      { reasoning_content: 'hm' },
      { tool_calls: [{ index: 0 }] },
    ]) {
      expect(follow(openaiChat, [chat({ delta })])[0]?.hasContent).toBe(true);
    }
  });

  it('keeps a tool call open until the finish reason', () => {
    const open = follow(openaiChat, [
      chat({ delta: { tool_calls: [{ index: 0, function: { arguments: '{"a' } }] } }),
      chat({ finish_reason: 'tool_calls' }),
    ]);
    expect(open.map(({ toolCallOpen }) => toolCallOpen)).toEqual([true, false]);
  });

  it('takes an empty finish reason for none', () => {
    expect(follow(openaiChat, [chat({ delta: { content: 'x' }, finish_reason: '' })])[0]?.terminal).toBe(false);
  });

  it('reads text and finish reason of one chunk', () => {
    expect(follow(openaiChat, [chat({ delta: { content: 'x' }, finish_reason: 'stop' })])[0]).toMatchObject({
      delta: 'x',
      terminal: true,
      finishReason: 'stop',
    });
  });

  it('reads the text of the first choice, and is finished when each one is', () => {
    const read = follow(openaiChat, [
      chat({ delta: { content: 'a' } }),
      chat({ index: 1, delta: { content: 'b' } }),
      chat({ index: 1, finish_reason: 'length' }),
      chat({ finish_reason: 'stop' }),
    ]);
    expect(read.map(({ delta, terminal }) => [delta, terminal])).toEqual([
      ['a', false],
      ['', false],
      ['', false],
      ['', true],
    ]);
  });

  it('finds an error beside the choices', () => {
    expect(
      follow(openaiChat, [{ choices: [], error: { code: 502, message: 'Provider returned error' } }])[0]?.failure,
    ).toMatchObject({ code: '502', message: 'Provider returned error', status: 502 });
  });
});

describe('openai-completions', () => {
  it('reads text, and is finished by the finish reason', () => {
    const read = follow(openaiCompletions, [
      { choices: [{ index: 0, text: 'x', finish_reason: null }] },
      { choices: [{ index: 0, text: '', finish_reason: 'length' }] },
      { choices: [] },
    ]);
    expect(read.map(({ delta, terminal }) => [delta, terminal])).toEqual([
      ['x', false],
      ['', true],
      ['', true],
    ]);
    expect(read.at(-1)?.finishReason).toBe('length');
  });
});

describe('openai-responses', () => {
  it('takes created, queued, in_progress and added for preamble', () => {
    const types = [
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
    ];
    expect(
      follow(
        openaiResponses,
        types.map((type) => ({ type })),
      ).at(-1)?.hasContent,
    ).toBe(false);
    expect(follow(openaiResponses, [{ type: 'response.web_search_call.in_progress' }])[0]?.hasContent).toBe(true);
  });

  it.each([
    [{ type: 'response.completed', response: { status: 'completed', incomplete_details: null } }, 'completed'],
    [
      {
        type: 'response.incomplete',
        response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      },
      'content_filter',
    ],
    [{ type: 'response.cancelled' }, 'cancelled'],
  ])('is finished by $type', (event, finishReason) => {
    expect(follow(openaiResponses, [event])[0]).toMatchObject({ terminal: true, finishReason, failure: null });
  });

  it.each([
    [{ type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Slow down' } } }],
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down' }],
    [{ type: 'error', error: { code: 'rate_limit_exceeded', message: 'Slow down' } }],
  ])('has failed by %j', (event) => {
    expect(follow(openaiResponses, [event])[0]).toMatchObject({
      terminal: false,
      failure: { code: 'rate_limit_exceeded', message: 'Slow down' },
    });
  });

  it('keeps a tool call open until its item is done', () => {
    const read = follow(openaiResponses, [
      { type: 'response.output_item.added', item: { type: 'function_call' } },
      { type: 'response.function_call_arguments.delta', delta: '{' },
      { type: 'response.output_item.done' },
    ]);
    expect(read.map(({ toolCallOpen, delta }) => [toolCallOpen, delta])).toEqual([
      [true, ''],
      [true, ''],
      [false, ''],
    ]);
  });
});

describe('anthropic-messages', () => {
  const start = (type: string): object => ({ type: 'content_block_start', index: 0, content_block: { type } });

  it('takes an empty text or thinking block for preamble, and a tool for content', () => {
    expect(
      follow(anthropicMessages, [{ type: 'message_start' }, start('text'), start('thinking')]).at(-1)?.hasContent,
    ).toBe(false);
    expect(follow(anthropicMessages, [start('tool_use')])[0]).toMatchObject({ hasContent: true, toolCallOpen: true });
    expect(follow(anthropicMessages, [start('tool_use'), { type: 'content_block_stop' }])[1]?.toolCallOpen).toBe(false);
  });

  it('reads text deltas alone', () => {
    const deltas = [
      { type: 'thinking_delta', thinking: 'hm' },
      { type: 'input_json_delta', partial_json: '{' },
      { type: 'text_delta', text: 'x' },
    ];
    expect(
      follow(
        anthropicMessages,
        deltas.map((delta) => ({ type: 'content_block_delta', delta })),
      ).map(({ delta }) => delta),
    ).toEqual(['', '', 'x']);
  });

  it('is finished by a stop reason, and by message_stop', () => {
    expect(follow(anthropicMessages, [{ type: 'message_delta', delta: { stop_reason: null } }])[0]?.terminal).toBe(
      false,
    );
    expect(follow(anthropicMessages, [{ type: 'message_delta', delta: { stop_reason: 'refusal' } }])[0]).toMatchObject({
      terminal: true,
      finishReason: 'refusal',
    });
    expect(follow(anthropicMessages, [{ type: 'message_stop' }])[0]?.terminal).toBe(true);
  });

  it('has failed by an error event', () => {
    expect(
      follow(anthropicMessages, [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }])[0]
        ?.failure,
    ).toMatchObject({ code: 'overloaded_error', message: 'Overloaded' });
  });
});

describe('resuming', () => {
  it('OpenAI Responses have a cursor in background mode alone, moved by each event', () => {
    const event = (at: number, background: boolean): object => ({
      type: 'response.created',
      sequence_number: at,
      response: { id: 'r1', background },
    });
    const delta = { type: 'response.output_text.delta', delta: 'x', sequence_number: 7 };
    expect(follow(openaiResponses, [event(0, false), delta])[1]?.cursor).toBeNull();
    expect(follow(openaiResponses, [event(0, true), delta])[1]?.cursor).toEqual({ responseId: 'r1', startingAfter: 7 });
  });

  it('OpenAI Responses know an event that was there before', () => {
    const isSeen = (sequence_number: number): boolean =>
      openaiResponses.isSeen!({ sequence_number } as never, { responseId: 'r1', startingAfter: 7 } as never);
    expect([6, 7, 8].map(isSeen)).toEqual([true, true, false]);
    expect(openaiResponses.isSeen!({} as never, { responseId: 'r1', startingAfter: 7 } as never)).toBe(false);
  });

  it('Gemini interactions have a cursor from the first event on', () => {
    const states = follow(googleInteractions, [
      { event_type: 'interaction.created', event_id: 'e0', interaction: { id: 'i1' } },
      { event_type: 'step.delta', event_id: 'e1', delta: { type: 'text', text: 'x' } },
    ]);
    expect(states[1]?.cursor).toEqual({ id: 'i1', lastEventId: 'e1' });
    expect(googleInteractions.isSeen!({ event_id: 'e1' } as never, states[1]!.cursor as never)).toBe(true);
  });

  it('each keeps its one cursor up to date, for nothing is allocated per chunk', () => {
    for (const { protocol, chunks } of recordedAnswers.filter((answer) => answer.protocol.isSeen)) {
      const states = follow(protocol, chunks);
      expect(new Set(states.map(({ cursor }) => cursor)).size).toBe(1);
    }
  });
});

describe('a tool that ran', () => {
  it.each<[string, Protocol, object]>([
    [
      "an MCP call of Anthropic's",
      anthropicMessages,
      { type: 'content_block_start', content_block: { type: 'mcp_tool_use' } },
    ],
    ["an MCP call of OpenAI's", openaiResponses, { type: 'response.output_item.added', item: { type: 'mcp_call' } }],
    [
      "an MCP call of Gemini's",
      googleInteractions,
      { event_type: 'step.start', step: { type: 'mcp_server_tool_call' } },
    ],
    ['a tool error', aiSdk, { type: 'tool-error' }],
    ["a tool's output for the user interface", aiSdk, { type: 'tool-output-error' }],
    ["the output of an agent's tool", openaiAgents, { type: 'run_item_stream_event', name: 'tool_output' }],
  ])('is %s', (_, protocol, chunk) => {
    expect(follow(protocol, [chunk])[0]?.toolRan).toBe(true);
  });

  it.each<[string, Protocol, object]>([
    ['a call that is still being written', aiSdk, { type: 'tool-input-delta', delta: '{' }],
    ['a call for approval', aiSdk, { type: 'tool-approval-request' }],
    [
      "a search of the provider's",
      anthropicMessages,
      { type: 'content_block_start', content_block: { type: 'server_tool_use' } },
    ],
    [
      'a list of the tools of an MCP server',
      openaiResponses,
      { type: 'response.output_item.added', item: { type: 'mcp_list_tools' } },
    ],
    ['a handoff', openaiAgents, { type: 'run_item_stream_event', name: 'handoff_requested' }],
  ])('is not %s', (_, protocol, chunk) => {
    expect(follow(protocol, [chunk])[0]?.toolRan).toBe(false);
  });

  it('is not run twice: nothing is requested again', async () => {
    const open = vi.fn(() => [{ type: 'start' }, { type: 'tool-call', toolName: 'add', input: {} }]);
    await expect(
      (async () => {
        for await (const part of resilientStream(open, { retryBudget: new RetryBudget(), backoff: { initialMs: 0 } }))
          void part;
      })(),
    ).rejects.toMatchObject({ code: 'truncated' });
    expect(open).toHaveBeenCalledOnce();
  });
});

describe('ai-sdk', () => {
  it.each([
    ['v7 `interrupted`', { finishReason: 'interrupted' }, false],
    ['v6 `other` with nothing raw', { finishReason: 'other', rawFinishReason: undefined }, false],
    ['v5 `unknown`', { finishReason: 'unknown' }, false],
    [
      "`other` for a reason of the provider's",
      { finishReason: 'other', rawFinishReason: 'model_context_window' },
      true,
    ],
    ['`length`', { finishReason: 'length' }, true],
    ['`content-filter`', { finishReason: 'content-filter', rawFinishReason: 'refusal' }, true],
  ])('%s', (_, part, isTerminal) => {
    expect(follow(aiSdk, [{ type: 'finish', ...part }])[0]).toMatchObject({ terminal: isTerminal, hasContent: false });
  });

  it('reads the parts of streamObject, which are JSON', () => {
    const states = follow(aiSdk, [
      { type: 'object', object: {} },
      { type: 'text-delta', textDelta: '{"a"' },
      { type: 'object', object: { a: 1 } },
      { type: 'finish', finishReason: 'stop' },
    ]);
    expect(states.map(({ delta, blockOpen }) => [delta, blockOpen])).toEqual([
      ['', true],
      ['{"a"', true],
      ['', true],
      ['', false],
    ]);
  });
});

describe('google-genai', () => {
  const chunk = (more: object, finishReason?: string): object => ({
    candidates: [{ content: { parts: [more] }, ...(finishReason ? { finishReason } : {}) }],
  });

  it('goes on at CONTINUATION, where the SDK asks for more', () => {
    expect(
      follow(googleGenai, [chunk({ text: 'x' }, 'CONTINUATION'), chunk({ text: 'y' }, 'STOP')]).map(
        ({ terminal }) => terminal,
      ),
    ).toEqual([false, true]);
  });

  it('is finished by a blocked prompt', () => {
    expect(follow(googleGenai, [{ promptFeedback: { blockReason: 'SAFETY' } }])[0]).toMatchObject({
      terminal: true,
      finishReason: 'SAFETY',
    });
  });

  it('takes a function call for content', () => {
    expect(follow(googleGenai, [chunk({ functionCall: { name: 'add' } })])[0]).toMatchObject({
      hasContent: true,
      delta: '',
      toolCallOpen: false,
    });
  });

  it('an interaction goes on at requires_continuation', () => {
    expect(
      follow(googleInteractions, [
        { event_type: 'interaction.completed', interaction: { status: 'requires_continuation' } },
      ])[0]?.terminal,
    ).toBe(false);
    expect(
      follow(googleInteractions, [{ event_type: 'interaction.completed', interaction: { status: 'incomplete' } }])[0],
    ).toMatchObject({ terminal: true, finishReason: 'incomplete' });
  });
});

describe('what an SDK makes up', () => {
  const output = (more: object): object => ({ content: 'x', response_metadata: {}, additional_kwargs: {}, ...more });
  const event = (name: string, data: object): object => ({ event: name, run_id: 'a', data });

  it('LangChain: the end of a model without a finish reason is a cut, and the end of its chain as well', () => {
    const states = follow(langchainEvents, [
      event('on_chain_start', {}),
      event('on_chat_model_start', {}),
      event('on_chat_model_end', { output: output({}) }),
      event('on_chain_end', {}),
    ]);
    expect(states.at(-1)?.mayEnd).toBe(false);
  });

  it('LangChain: a status in progress is no finish reason', () => {
    expect(follow(langchain, [output({ response_metadata: { status: 'in_progress' } })])[0]?.terminal).toBe(false);
  });

  it('LangChain: message-finish without a reason is a cut, even as the only event', () => {
    expect(allProtocols.find(({ matches }) => matches({ event: 'message-finish' }))).toBe(langchainModelEvents);
    expect(follow(langchainModelEvents, [{ event: 'message-finish' }])[0]?.terminal).toBe(false);
  });

  it('OpenAI Agents: response_done over a chat that was not finished is a cut', () => {
    const raw = (data: object): object => ({ type: 'raw_model_stream_event', data });
    expect(
      follow(openaiAgents, [
        raw({ type: 'response_started' }),
        raw({ type: 'model', event: chat({ delta: { content: 'x' } }) }),
        raw({ type: 'response_done' }),
      ]).at(-1)?.mayEnd,
    ).toBe(false);
  });

  it('Claude Agent: a refused request is no content, and its word is what failed', () => {
    const [refused, result] = follow(claudeAgent, [
      {
        type: 'assistant',
        session_id: 's',
        error: 'rate_limit',
        message: { content: [{ type: 'text', text: 'Limit reached' }] },
      },
      { type: 'result', subtype: 'success', is_error: true, result: 'Limit reached', session_id: 's' },
    ]);
    expect(refused?.hasContent).toBe(false);
    expect(result?.failure).toMatchObject({ code: 'rate_limit', message: 'Limit reached' });
  });

  it('Claude Agent: another turn may follow a result', () => {
    expect(
      follow(claudeAgent, [
        { type: 'result', subtype: 'success', session_id: 's' },
        { type: 'user', session_id: 's', message: { content: 'more' } },
      ]).map(({ mayEnd }) => mayEnd),
    ).toEqual([true, false]);
  });
});

describe('small shapes', () => {
  it('a special word of Hugging Face is no text', () => {
    expect(follow(huggingFace, [{ token: { text: '<pad>', special: true } }])[0]?.delta).toBe('');
  });

  it("a file of Replicate's is content without text", () => {
    expect(follow(replicate, [{ event: 'output', data: new URL('https://example.com/x.png') }])[0]).toMatchObject({
      hasContent: true,
      delta: '',
    });
    expect(follow(replicate, [{ event: 'done', data: '' }])[0]).toMatchObject({ terminal: true, finishReason: 'done' });
    expect(follow(replicate, [{ event: 'done', data: '{"reason":"canceled"}' }])[0]).toMatchObject({
      terminal: true,
      finishReason: 'canceled',
    });
  });

  it('of a LlamaIndex chunk of another provider, an end is an end', () => {
    expect(follow(llamaindex, [{ delta: 'x', raw: { type: 'other' } }])[0]).toMatchObject({
      delta: 'x',
      mayEnd: true,
      terminal: false,
    });
  });

  it('a Cohere plan is content', () => {
    expect(follow(cohere, [{ type: 'tool-plan-delta', delta: { message: { toolPlan: 'p' } } }])[0]?.hasContent).toBe(
      true,
    );
  });

  it("Bedrock's metadata behind the end changes nothing", () => {
    expect(follow(bedrockConverse, [{ messageStop: { stopReason: 'end_turn' } }, { metadata: {} }])[1]).toMatchObject({
      terminal: true,
      finishReason: 'end_turn',
    });
  });
});

it('a named protocol is not guessed', async () => {
  const stream = resilientStream(() => [{ choices: [{ text: 'x', finish_reason: 'stop' }] }], {
    protocol: openaiCompletions,
  });
  const texts: string[] = [];
  for await (const text of stream.text()) texts.push(text);
  expect(texts).toEqual(['x']);
});
