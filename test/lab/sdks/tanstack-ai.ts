import type { Sdk } from '../sdk.ts';

/** Ends that the SDK makes look like those of a whole answer. */
const CUTS = ['clean-end', 'cut-line', 'no-marker', 'end', 'cuts'];

function controllerOf(signal: AbortSignal): AbortController {
  const controller = new AbortController();
  signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  return controller;
}

export default {
  id: 'tanstack-ai',
  title: 'TanStack AI',
  packages: { newest: ['@tanstack/ai', '@tanstack/ai-openai'], previous: ['@tanstack/ai', '@tanstack/ai-openai'] },
  entryPoints: [
    {
      name: 'chat',
      dialect: 'openai-responses',
      proves: { module: '@tanstack/ai', api: 'chat', iterable: null },
      client: (url, options, _, { createOpenaiChat }) =>
        createOpenaiChat('gpt-5', 'key', { baseURL: `${url}/v1`, logLevel: 'off', ...options }),
      arguments: [{ messages: [{ role: 'user', content: 'hi' }] }],
      // It takes an `AbortController`, not its signal.
      call: (adapter, [{ abortController: signal, ...options }], { chat }) =>
        chat({ adapter, ...options, ...(signal ? { abortController: controllerOf(signal) } : {}) }),
      findText: (chunk) => (chunk.type === 'TEXT_MESSAGE_CONTENT' ? chunk.delta : ''),
      signal: { argument: 0, path: ['abortController'] },
      helper: { ownProtocol: true, findFailure: ({ type, message }) => (type === 'RUN_ERROR' ? message : null) },
      beyondHelp: [
        {
          cases: CUTS,
          wrong: /ends silently|ended|and \d+ more/,
          why: 'It ends a cut answer with a `RUN_FINISHED` of its own making, so that no chunk tells.',
        },
      ],
      retries: { option: { client: 'maxRetries' }, off: 0 },
      timeouts: [],
    },
  ],
} satisfies Sdk;
