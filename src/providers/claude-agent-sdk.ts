import { defineProvider } from './provider.ts';

export default defineProvider({
  id: 'claude-agent-sdk',
  title: 'Claude Agent SDK',
  modules: ['@anthropic-ai/claude-agent-sdk'],
  docs: 'https://docs.claude.com/en/api/agent-sdk/streaming-output',
  apis: [
    {
      name: 'query',
      types: ['Query', 'SDKMessage'],
      reach: 'module',
      protocol: 'claude-agent',
      scope: 'run',
      headersWait: 'headers',
      awaited: false,
      // An `AbortController`, not its signal.
      signal: { argument: 0, path: ['options', 'abortController'] },
      retries: null,
      timeouts: [],
      // The process behind it may exit with code 0 before it has sent a result.
      onCleanEnd: 'silent',
      onAbort: 'throws',
      inBandError: 'chunk',
      closesOnBreak: true,
      terminal: { path: ['type'], values: ['result'], finishReason: ['subtype'], isCommon: true },
      // With `includePartialMessages` only; whole messages come as `assistant`.
      text: ['event', 'delta', 'text'],
      textWhen: [
        { path: ['type'], values: ['stream_event'] },
        { path: ['event', 'type'], values: ['content_block_delta'] },
        { path: ['event', 'delta', 'type'], values: ['text_delta'] },
      ],
      fingerprint: [
        { path: ['parent_tool_use_id'], values: null },
        { path: ['total_cost_usd'], values: null },
      ],
      example: `import { query } from '@anthropic-ai/claude-agent-sdk';

const stream = query({ prompt: 'Hello', options: { includePartialMessages: true } });
for await (const chunk of stream) {
  if (chunk.type === 'stream_event' && chunk.event.type === 'content_block_delta' && chunk.event.delta.type === 'text_delta') {
    process.stdout.write(chunk.event.delta.text);
  }
}
`,
      measured: '@anthropic-ai/claude-agent-sdk 0.3.330',
    },
  ],
});
