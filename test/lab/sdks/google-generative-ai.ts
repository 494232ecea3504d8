import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const MODULE = '@google/generative-ai';

const content = {
  dialect: 'gemini-content',
  // The model's options of a request and the request's own are one.
  client: (url: string, options: Untyped, { GoogleGenerativeAI }: Untyped) =>
    new GoogleGenerativeAI('key').getGenerativeModel({ model: 'm' }, { baseUrl: url, ...options }),
  arguments: ['hi', {}],
  iterate: ({ stream }: Untyped) => stream,
  findText: (chunk: Untyped): string => chunk.candidates?.[0]?.content?.parts?.[0]?.text,
  signal: { argument: 1, path: ['signal'] },
  retries: null,
  helper: { give: (result: Untyped) => result },
  errorOvertakes: 'any',
  beyondHelp: [
    {
      cases: [
        'clean-end',
        'cut-line',
        'reset',
        'no-terminator',
        'malformed',
        'busy-reset',
        'reset-headers',
        'error-body',
      ],
      wrong: /throws GoogleGenerativeAIError|is not retried/,
      why: 'Its error of a failed request or reading has neither a type, nor a status, nor a cause.',
    },
  ],
  timeouts: [{ option: { argument: 1, path: ['timeout'] } }],
} satisfies Partial<EntryPoint>;

export default {
  id: 'google-generative-ai',
  title: 'Google Generative AI (legacy)',
  packages: { newest: [MODULE], previous: [MODULE] },
  entryPoints: [
    {
      ...content,
      name: 'generateContentStream',
      proves: { module: MODULE, api: 'generateContentStream', iterable: 'stream' },
      call: (model, given) => model.generateContentStream(...given),
    },
    {
      ...content,
      name: 'startChat().sendMessageStream',
      proves: { module: MODULE, api: 'startChat().sendMessageStream', iterable: 'stream' },
      call: (model, given) => model.startChat().sendMessageStream(...given),
    },
  ],
} satisfies Sdk;
