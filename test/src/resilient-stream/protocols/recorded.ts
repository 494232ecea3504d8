import * as helper from 'resilient-stream';
import type { Protocol } from 'resilient-stream';

/** A whole answer as the SDK hands it on, with what is to be read from it. Positions are indices of chunks. */
export interface RecordedAnswer {
  readonly title: string;
  readonly protocol: Protocol;
  readonly chunks: readonly object[];
  readonly text: string;
  readonly finishReason: string | null;
  /** The first chunk with something to show. */
  readonly content: number;
  /** The first chunk behind which the answer is over. */
  readonly terminal: number;
  /** Behind these a tool call is open. */
  readonly toolOpen?: readonly number[];
  /** Behind these a block of thinking or JSON is open. */
  readonly blockOpen?: readonly number[];
  /** From here on a tool has run. */
  readonly toolRan?: number;
}

const chat = (delta: object, finish_reason: string | null = null): object => ({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] });
const chatUsage = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { total_tokens: 3 } };
const chatAnswer = [
  chat({ role: 'assistant', content: '' }), chat({ reasoning_content: 'hm' }), chat({ content: 'Hé' }), chat({ content: 'llo 🙂' }),
  chat({ tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'add', arguments: '' } }] }), chat({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
  chat({}, 'tool_calls'), chatUsage,
];

const anthropicAnswer = [
  { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], stop_reason: null, usage: { input_tokens: 1, output_tokens: 0 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'x' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hé' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'llo 🙂' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't1', name: 'add', input: {} } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
  { type: 'content_block_stop', index: 2 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
];

const responseAnswer = [
  { type: 'response.created', response: { id: 'r1', status: 'in_progress', background: true } },
  { type: 'response.in_progress', response: { id: 'r1', status: 'in_progress', background: true } },
  { type: 'response.output_item.added', output_index: 0, item: { id: 'rs1', type: 'reasoning', summary: [] } },
  { type: 'response.reasoning_summary_text.delta', item_id: 'rs1', delta: 'hm' },
  { type: 'response.output_item.done', output_index: 0, item: { id: 'rs1', type: 'reasoning' } },
  { type: 'response.output_item.added', output_index: 1, item: { id: 'i1', type: 'message', content: [] } },
  { type: 'response.content_part.added', item_id: 'i1', part: { type: 'output_text', text: '' } },
  { type: 'response.output_text.delta', item_id: 'i1', delta: 'Hé' },
  { type: 'response.output_text.delta', item_id: 'i1', delta: 'llo 🙂' },
  { type: 'response.output_text.done', item_id: 'i1', text: 'Héllo 🙂' },
  { type: 'response.output_item.done', output_index: 1, item: { id: 'i1', type: 'message' } },
  { type: 'response.output_item.added', output_index: 2, item: { id: 'f1', type: 'function_call', name: 'add', arguments: '' } },
  { type: 'response.function_call_arguments.delta', item_id: 'f1', delta: '{"a":1}' },
  { type: 'response.output_item.done', output_index: 2, item: { id: 'f1', type: 'function_call' } },
  { type: 'response.completed', response: { id: 'r1', status: 'completed', background: true, incomplete_details: null, usage: { total_tokens: 3 } } },
].map((event, at) => ({ ...event, sequence_number: at }));

const interactionAnswer = [
  { event_type: 'interaction.created', interaction: { id: 'v1_int1', status: 'in_progress' } },
  { event_type: 'step.start', index: 0, step: { type: 'thought' } },
  { event_type: 'step.delta', index: 0, delta: { type: 'thought_summary', content: { type: 'text', text: 'hm' } } },
  { event_type: 'step.stop', index: 0 },
  { event_type: 'step.start', index: 1, step: { type: 'model_output', content: [] } },
  { event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'Hé' } },
  { event_type: 'step.delta', index: 1, delta: { type: 'text', text: 'llo 🙂' } },
  { event_type: 'step.stop', index: 1 },
  { event_type: 'step.start', index: 2, step: { type: 'function_call', name: 'add' } },
  { event_type: 'step.delta', index: 2, delta: { type: 'arguments_delta', arguments: '{"a":1}' } },
  { event_type: 'step.stop', index: 2 },
  { event_type: 'interaction.completed', interaction: { id: 'v1_int1', status: 'completed', usage: { total_tokens: 3 } } },
].map((event, at) => ({ ...event, event_id: `e${at}` }));

const converseAnswer = [
  { messageStart: { role: 'assistant' } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'hm' } } } },
  { contentBlockStop: { contentBlockIndex: 0 } },
  { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'Hé' } } },
  { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'llo 🙂' } } },
  { contentBlockStop: { contentBlockIndex: 1 } },
  { contentBlockStart: { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't1', name: 'add' } } } },
  { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{"a":1}' } } } },
  { contentBlockStop: { contentBlockIndex: 2 } },
  { messageStop: { stopReason: 'tool_use' } },
  { metadata: { usage: { totalTokens: 3 } } },
];

const invoke = (inner: object): object => ({ chunk: { bytes: new TextEncoder().encode(JSON.stringify(inner)) } });
const metrics = { 'amazon-bedrock-invocationMetrics': { outputTokenCount: 2 } };

const message = (content: unknown, more: object = {}): object => ({ content, tool_call_chunks: [], additional_kwargs: {}, response_metadata: {}, ...more });
const run = (event: string, run_id: string, data: object = {}): object => ({ event, run_id, name: 'x', tags: [], metadata: {}, data });

const raw = (data: object): object => ({ type: 'raw_model_stream_event', data });
const item = (name: string): object => ({ type: 'run_item_stream_event', name, item: {} });
const agent = (message: object): object => ({ session_id: 's', uuid: 'u', parent_tool_use_id: null, ...message });

const parts = [
  { type: 'start' }, { type: 'start-step', request: {}, warnings: [] },
  { type: 'reasoning-start', id: 'r' }, { type: 'reasoning-delta', id: 'r', text: 'hm' }, { type: 'reasoning-end', id: 'r' },
  { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', text: 'Hé' }, { type: 'text-delta', id: 't', text: 'llo 🙂' }, { type: 'text-end', id: 't' },
  { type: 'tool-input-start', id: 'c', toolName: 'add' }, { type: 'tool-input-delta', id: 'c', delta: '{"a":1}' }, { type: 'tool-input-end', id: 'c' },
  { type: 'tool-call', toolCallId: 'c', toolName: 'add', input: { a: 1 } }, { type: 'tool-result', toolCallId: 'c', toolName: 'add', output: 2 },
  { type: 'finish-step', finishReason: 'tool-calls', rawFinishReason: 'tool_calls', usage: {} },
];

const {
  aiSdk, anthropicMessages, bedrockConverse, bedrockInvoke, claudeAgent, cohere, googleGenai, googleInteractions, huggingFace, langchain, langchainEvents, langchainModelEvents,
  llamaindex, mistral, ollama, openaiAgents, openaiChat, openaiCompletions, openaiResponses, replicate,
} = helper;

/** Taken from the SDKs against a local server, shortened to the fields that anybody reads. */
export const recordedAnswers: readonly RecordedAnswer[] = [
  { title: 'openai chat.completions', protocol: openaiChat, chunks: chatAnswer, text: 'Héllo 🙂', finishReason: 'tool_calls', content: 1, terminal: 6, toolOpen: [4, 5], blockOpen: [1] },
  {
    title: 'openai completions', protocol: openaiCompletions, text: 'Héllo', finishReason: 'length', content: 0, terminal: 2,
    chunks: [{ object: 'text_completion', choices: [{ index: 0, text: 'Hé', finish_reason: null }] }, { object: 'text_completion', choices: [{ index: 0, text: 'llo', finish_reason: null }] }, { object: 'text_completion', choices: [{ index: 0, text: '', finish_reason: 'length' }] }, { object: 'text_completion', choices: [], usage: {} }],
  },
  { title: 'openai responses', protocol: openaiResponses, chunks: responseAnswer, text: 'Héllo 🙂', finishReason: 'completed', content: 3, terminal: 14, toolOpen: [11, 12], blockOpen: [2, 3] },
  { title: 'anthropic messages', protocol: anthropicMessages, chunks: anthropicAnswer, text: 'Héllo 🙂', finishReason: 'tool_use', content: 2, terminal: 12, toolOpen: [9, 10], blockOpen: [1, 2, 3] },
  { title: 'ai v6 and v7 parts, two steps with a tool', protocol: aiSdk, chunks: [...parts, { type: 'start-step' }, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', text: '!' }, { type: 'text-end', id: 't' }, { type: 'finish-step', finishReason: 'stop', rawFinishReason: 'stop' }, { type: 'finish', finishReason: 'stop', rawFinishReason: 'stop', totalUsage: {} }], text: 'Héllo 🙂!', finishReason: 'stop', content: 3, terminal: 20, toolOpen: [9, 10], blockOpen: [2, 3], toolRan: 12 },
  { title: 'ai v5 parts', protocol: aiSdk, chunks: [{ type: 'start' }, { type: 'start-step' }, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', text: 'Hé' }, { type: 'text-delta', id: 't', text: 'llo' }, { type: 'text-end', id: 't' }, { type: 'finish-step', finishReason: 'stop' }, { type: 'finish', finishReason: 'stop', totalUsage: {} }], text: 'Héllo', finishReason: 'stop', content: 3, terminal: 7 },
  { title: 'ai chunks of UI messages', protocol: aiSdk, chunks: [{ type: 'start', messageId: 'm' }, { type: 'start-step' }, { type: 'text-start', id: 't' }, { type: 'text-delta', id: 't', delta: 'Hé' }, { type: 'text-delta', id: 't', delta: 'llo' }, { type: 'text-end', id: 't' }, { type: 'tool-input-start', toolCallId: 'c', toolName: 'add' }, { type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '{}' }, { type: 'tool-input-available', toolCallId: 'c', toolName: 'add', input: {} }, { type: 'tool-output-available', toolCallId: 'c', output: 1 }, { type: 'finish-step' }, { type: 'finish' }], text: 'Héllo', finishReason: null, content: 3, terminal: 11, toolOpen: [6, 7], toolRan: 8 },
  {
    title: 'google generateContentStream', protocol: googleGenai, text: 'Héllo', finishReason: 'STOP', content: 0, terminal: 3, blockOpen: [0, 2],
    chunks: [{ candidates: [{ content: { parts: [{ text: 'hm', thought: true }] } }] }, { candidates: [{ content: { parts: [{ text: 'Hé' }] } }] }, { candidates: [{ content: { parts: [{ text: 'llo' }, { functionCall: { name: 'add', args: { a: 1 } } }, { text: 'hm', thought: true }] } }] }, { candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP' }], usageMetadata: {} }, { usageMetadata: {} }],
  },
  { title: 'google interactions', protocol: googleInteractions, chunks: interactionAnswer, text: 'Héllo 🙂', finishReason: 'completed', content: 2, terminal: 11, toolOpen: [8, 9], blockOpen: [1, 2] },
  {
    title: 'mistral', protocol: mistral, text: 'Héllo', finishReason: 'tool_calls', content: 1, terminal: 5, toolOpen: [4], blockOpen: [1],
    chunks: [{ role: 'assistant', content: '' }, { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }, { content: 'Hé' }, { content: [{ type: 'text', text: 'llo' }] }, { toolCalls: [{ id: 't', function: { name: 'add', arguments: '{}' }, index: 0 }] }, null].map((delta) => ({ data: { id: 'c1', model: 'm', choices: [{ index: 0, delta: delta ?? {}, finishReason: delta ? null : 'tool_calls' }] } })),
  },
  {
    title: 'cohere v2', protocol: cohere, text: 'Héllo', finishReason: 'COMPLETE', content: 2, terminal: 12, toolOpen: [9, 10], blockOpen: [1, 2],
    chunks: [
      { type: 'message-start', id: 'x', delta: { message: { role: 'assistant', content: [] } } }, { type: 'content-start', index: 0, delta: { message: { content: { type: 'thinking', thinking: '' } } } }, { type: 'content-delta', index: 0, delta: { message: { content: { thinking: 'hm' } } } }, { type: 'content-end', index: 0 },
      { type: 'content-start', index: 1, delta: { message: { content: { type: 'text', text: '' } } } }, { type: 'content-delta', index: 1, delta: { message: { content: { text: 'Hé' } } } }, { type: 'content-delta', index: 1, delta: { message: { content: { text: 'llo' } } } }, { type: 'content-end', index: 1 },
      { type: 'tool-plan-delta', delta: { message: { toolPlan: 'p' } } }, { type: 'tool-call-start', index: 0, delta: { message: { toolCalls: { id: 't', function: { name: 'add', arguments: '' } } } } }, { type: 'tool-call-delta', index: 0, delta: { message: { toolCalls: { function: { arguments: '{}' } } } } }, { type: 'tool-call-end', index: 0 },
      { type: 'message-end', delta: { finishReason: 'COMPLETE', usage: {} } },
    ],
  },
  { title: 'cohere v2 on the wire', protocol: cohere, chunks: [{ type: 'message-start' }, { type: 'content-delta', delta: { message: { content: { text: 'Hé' } } } }, { type: 'message-end', delta: { finish_reason: 'MAX_TOKENS' } }], text: 'Hé', finishReason: 'MAX_TOKENS', content: 1, terminal: 2 },
  { title: 'cohere v1', protocol: cohere, chunks: [{ eventType: 'stream-start', generationId: 'g' }, { eventType: 'text-generation', text: 'Hé' }, { eventType: 'text-generation', text: 'llo' }, { eventType: 'stream-end', finishReason: 'COMPLETE', response: {} }], text: 'Héllo', finishReason: 'COMPLETE', content: 1, terminal: 3 },
  {
    title: 'ollama chat', protocol: ollama, text: 'Héllo', finishReason: 'stop', content: 0, terminal: 4, blockOpen: [0],
    chunks: [{ content: '', thinking: 'hm' }, { content: 'Hé' }, { content: 'llo' }, { content: '', tool_calls: [{ function: { name: 'add', arguments: {} } }] }, { content: '' }].map((each, at) => ({ model: 'm', created_at: 't', message: { role: 'assistant', ...each }, ...(at === 4 ? { done: true, done_reason: 'stop' } : { done: false }) })),
  },
  { title: 'ollama generate', protocol: ollama, chunks: [{ model: 'm', response: 'Hé', done: false }, { model: 'm', response: 'llo', done: false }, { model: 'm', response: '', done: true, done_reason: 'length' }], text: 'Héllo', finishReason: 'length', content: 0, terminal: 2 },
  {
    title: 'hugging face textGenerationStream', protocol: huggingFace, text: 'Héllo', finishReason: 'eos_token', content: 0, terminal: 2,
    chunks: [{ index: 1, token: { id: 1, text: 'Hé', special: false }, generated_text: null, details: null }, { index: 2, token: { id: 2, text: 'llo', special: false }, generated_text: null, details: null }, { index: 3, token: { id: 3, text: '</s>', special: true }, generated_text: 'Héllo', details: { finish_reason: 'eos_token' } }],
  },
  { title: 'bedrock converse', protocol: bedrockConverse, chunks: converseAnswer, text: 'Héllo 🙂', finishReason: 'tool_use', content: 1, terminal: 9, toolOpen: [6, 7], blockOpen: [1] },
  { title: 'bedrock invoke, Anthropic', protocol: bedrockInvoke, chunks: anthropicAnswer.map((event) => invoke(event.type === 'message_stop' ? { ...event, ...metrics } : event)), text: 'Héllo 🙂', finishReason: 'tool_use', content: 2, terminal: 12, toolOpen: [9, 10], blockOpen: [1, 2, 3] },
  { title: 'bedrock invoke, Llama', protocol: bedrockInvoke, chunks: [invoke({ generation: 'Hé', stop_reason: null }), invoke({ generation: 'llo', stop_reason: null }), invoke({ generation: '', stop_reason: 'stop', ...metrics })], text: 'Héllo', finishReason: null, content: 0, terminal: 2 },
  {
    title: 'langchain stream, OpenAI', protocol: langchain, text: 'Héllo', finishReason: 'tool_calls', content: 1, terminal: 5, toolOpen: [4], blockOpen: [1],
    chunks: [message(''), message('', { additional_kwargs: { reasoning_content: 'hm' } }), message('Hé'), message('llo'), message('', { tool_call_chunks: [{ name: 'add', args: '', index: 0 }] }), message('', { response_metadata: { finish_reason: 'tool_calls' } }), message('', { usage_metadata: {} })],
  },
  { title: 'langchain stream, Anthropic', protocol: langchain, chunks: [message([]), message([{ type: 'thinking', thinking: 'hm' }]), message([{ type: 'text', text: 'Hé' }]), message([{ type: 'text', text: 'llo' }]), message([], { additional_kwargs: { stop_reason: 'end_turn' } })], text: 'Héllo', finishReason: 'end_turn', content: 1, terminal: 4, blockOpen: [1] },
  { title: 'langchain stream, Responses', protocol: langchain, chunks: [message([]), message([{ type: 'text', text: 'Hé', index: 0 }]), message([], { response_metadata: { status: 'completed' } })], text: 'Hé', finishReason: 'completed', content: 1, terminal: 2 },
  { title: 'langchain stream, Bedrock', protocol: langchain, chunks: [message('Hé'), message('', { response_metadata: { messageStop: { stopReason: 'max_tokens' } } })], text: 'Hé', finishReason: 'max_tokens', content: 0, terminal: 1 },
  {
    title: 'langchain streamEvents v2, a chain with a tool between two models', protocol: langchainEvents, text: 'Héllo', finishReason: 'stop', content: 2, terminal: 9, toolRan: 4, toolOpen: [2],
    chunks: [
      run('on_chain_start', 'a'), run('on_chat_model_start', 'b'), run('on_chat_model_stream', 'b', { chunk: message('Hé', { tool_call_chunks: [{ name: 'add' }] }) }), run('on_chat_model_end', 'b', { output: message('Hé', { response_metadata: { finish_reason: 'tool_calls' } }) }),
      run('on_tool_start', 'c'), run('on_tool_end', 'c'), run('on_chat_model_start', 'd'), run('on_chat_model_stream', 'd', { chunk: message('llo') }), run('on_chat_model_end', 'd', { output: message('llo', { response_metadata: { finish_reason: 'stop' } }) }), run('on_chain_end', 'a', { output: 'Héllo' }),
    ],
  },
  { title: 'langchain streamEvents v1', protocol: langchainEvents, chunks: [run('on_llm_start', 'a'), run('on_llm_stream', 'a', { chunk: message('Hé') }), run('on_llm_end', 'a', { output: { generations: [[{ text: 'Hé', message: message('Hé', { response_metadata: { finish_reason: 'stop' } }) }]] } })], text: 'Hé', finishReason: 'stop', content: 1, terminal: 2 },
  {
    title: 'langchain events of a model', protocol: langchainModelEvents, text: 'Héllo', finishReason: 'tool_use', content: 3, terminal: 9, toolOpen: [6, 7], blockOpen: [2, 3],
    chunks: [
      { event: 'message-start', id: 'c1' }, { event: 'provider', provider: 'openai', name: 'stream_metadata', payload: {} }, { event: 'content-block-start', index: 0, content: { type: 'reasoning', reasoning: '' } }, { event: 'content-block-delta', index: 0, delta: { type: 'reasoning-delta', reasoning: 'hm' } },
      { event: 'content-block-start', index: 1, content: { type: 'text', text: '' } }, { event: 'content-block-delta', index: 1, delta: { type: 'text-delta', text: 'Héllo' } }, { event: 'content-block-start', index: 2, content: { type: 'tool_call_chunk', name: 'add', args: '' } }, { event: 'content-block-delta', index: 2, delta: { type: 'tool-call-delta', args: '{}' } },
      { event: 'content-block-finish', index: 2, content: { type: 'tool_call' } }, { event: 'message-finish', reason: 'tool_use' },
    ],
  },
  {
    title: 'openai agents over Responses, two turns with a tool', protocol: openaiAgents, text: 'Héllo', finishReason: null, content: 4, terminal: 9, toolRan: 4,
    chunks: [
      { type: 'agent_updated_stream_event', agent: {} }, raw({ type: 'response_started' }), raw({ type: 'model', event: { type: 'response.created' } }), raw({ type: 'model', event: { type: 'response.completed' } }), item('tool_called'), item('tool_output'),
      raw({ type: 'response_started' }), raw({ type: 'output_text_delta', delta: 'Hé' }), raw({ type: 'output_text_delta', delta: 'llo' }), raw({ type: 'response_done', response: { output: [] } }), item('message_output_created'),
    ],
  },
  { title: 'openai agents over chat', protocol: openaiAgents, chunks: [raw({ type: 'response_started' }), raw({ type: 'model', event: chat({ role: 'assistant', content: '' }) }), raw({ type: 'model', event: chat({ content: 'Hé' }) }), raw({ type: 'output_text_delta', delta: 'Hé' }), raw({ type: 'model', event: chat({}, 'stop') }), raw({ type: 'model', event: chatUsage }), raw({ type: 'response_done' }), item('message_output_created')], text: 'Hé', finishReason: 'stop', content: 2, terminal: 6 },
  { title: 'replicate', protocol: replicate, chunks: [{ event: 'output', data: 'Hé', id: '1' }, { event: 'output', data: 'llo', id: '2' }, { event: 'done', data: '{}', id: '3' }], text: 'Héllo', finishReason: 'done', content: 0, terminal: 2 },
  { title: 'llamaindex', protocol: llamaindex, chunks: [{ raw: chat({ content: 'Hé' }), options: {}, delta: 'Hé' }, { raw: chat({ content: 'llo' }), options: {}, delta: 'llo' }, { raw: chat({ tool_calls: [{ index: 0 }] }), options: { toolCall: [] }, delta: '' }, { raw: chat({}, 'tool_calls'), options: {}, delta: '' }, { raw: chatUsage, delta: '' }], text: 'Héllo', finishReason: 'tool_calls', content: 0, terminal: 3, toolOpen: [2] },
  {
    title: 'claude agent with partial messages', protocol: claudeAgent, text: 'Héllo', finishReason: 'end_turn', content: 1, terminal: 6, toolRan: 3,
    chunks: [
      agent({ type: 'system', subtype: 'init' }), agent({ type: 'stream_event', event: { type: 'message_start' } }), agent({ type: 'stream_event', event: { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Héllo' } } }),
      agent({ type: 'assistant', message: { content: [{ type: 'text', text: 'Héllo' }, { type: 'tool_use', name: 'Bash' }] } }), agent({ type: 'user', message: { content: [{ type: 'tool_result' }] } }), agent({ type: 'assistant', parent_tool_use_id: 'x', message: { content: [{ type: 'text', text: 'subagent' }] } }),
      agent({ type: 'result', subtype: 'success', is_error: false, result: 'Héllo', stop_reason: 'end_turn' }), agent({ type: 'system', subtype: 'session_state_changed' }),
    ],
  },
  { title: 'claude agent with whole messages', protocol: claudeAgent, chunks: [agent({ type: 'system', subtype: 'init' }), agent({ type: 'assistant', message: { content: [{ type: 'text', text: 'Héllo' }] } }), agent({ type: 'result', subtype: 'success', is_error: false, stop_reason: null })], text: 'Héllo', finishReason: 'success', content: 1, terminal: 2 },
];

/** Each protocol that the package exports. */
export const exportedProtocols: readonly Protocol[] = Object.values(helper).filter((each): each is Protocol => typeof each === 'object' && 'matches' in each);
