import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const MODULE = '@google-cloud/vertexai';

/** It knows `https:` only, so its requests are led to the server on their way. There is no place for a signal. */
function reroute(url: string, signal: AbortSignal | null): void {
  const { fetch: real } = globalThis;
  globalThis.fetch = (input, init) => {
    globalThis.fetch = real;
    return real(`${url}${new URL(input as string).pathname}`, {
      ...init,
      ...(signal ? { signal: AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]) } : {}),
    });
  };
}

const makeVertex = (url: string, { VertexAI }: Untyped, signal: AbortSignal | null): Untyped => {
  const authClient = {
    getAccessToken: async () => ({ token: 'key' }),
    getRequestHeaders: async () => ({ authorization: 'Bearer key' }),
  };
  return {
    vertex: new VertexAI({ project: 'p', location: 'l', googleAuthOptions: { authClient, projectId: 'p' } }),
    reroute: () => reroute(url, signal),
  };
};

const findModel = ({ vertex, reroute: begin }: Untyped, options: Untyped): Untyped => {
  begin();
  return vertex.getGenerativeModel({ model: 'm' }, options);
};

const content = {
  dialect: 'gemini-content',
  client: (url: string, _: Untyped, modules: Untyped) => makeVertex(url, modules, null),
  arguments: ['hi', {}],
  iterate: ({ stream }: Untyped) => stream,
  findText: (chunk: Untyped): string => chunk.candidates?.[0]?.content?.parts?.[0]?.text,
  signal: null,
  retries: null,
  // Of the model, not of the call.
  timeouts: [{ option: { maker: 0, argument: 1, path: ['timeout'] } }],
  errorOvertakes: 'any',
  beyondHelp: [
    {
      cases: [
        'status',
        '429',
        '500',
        '529',
        '503',
        'clean-end',
        'cut-line',
        'reset',
        'no-terminator',
        'malformed',
        'busy-reset',
        'reset-headers',
        'error-body',
      ],
      wrong: /throws \w*Error|is not retried/,
      why: 'Its errors have neither a type, nor a status, nor a cause.',
    },
  ],
  helper: {
    give: (result: Untyped) => result,
    client: (url: string, _: Untyped, signal: AbortSignal, modules: Untyped) => makeVertex(url, modules, signal),
  },
} satisfies Partial<EntryPoint>;

export default {
  id: 'google-vertexai',
  title: 'Google Vertex AI (legacy)',
  packages: { newest: [MODULE], previous: [MODULE] },
  entryPoints: [
    {
      ...content,
      name: 'generateContentStream',
      proves: { module: MODULE, api: 'generateContentStream', iterable: 'stream' },
      call: (made, [text, options]) => findModel(made, options).generateContentStream(text),
    },
    {
      ...content,
      name: 'startChat().sendMessageStream',
      proves: { module: MODULE, api: 'startChat().sendMessageStream', iterable: 'stream' },
      call: (made, [text, options]) => findModel(made, options).startChat().sendMessageStream(text),
    },
  ],
} satisfies Sdk;
