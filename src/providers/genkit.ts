import { defineProvider, type StreamApi } from './provider.ts';

/**
 * The stream is a `Channel` that `generate()` fills, and fails with its own error: ai/generate.mjs `generateStream()`.
 * Measured with the plugin google-genai; compat-oai throws at a cut.
 */
const generated = {
  reach: 'client',
  // `GenerateResponseChunk` says nothing of the end.
  protocol: null,
  // With `tools` a call of `generateStream` is a run.
  scope: 'request',
  headersWait: 'headers',
  awaited: false,
  iterables: ['stream'],
  foundByHelper: ['stream'],
  // Its `finishReason` is 'unknown' then.
  finals: [{ name: 'response', onCleanEnd: 'resolves' }],
  retries: null,
  timeouts: [],
  onCleanEnd: 'silent',
  onAbort: 'throws',
  inBandError: 'throws',
  // core/async.mjs `Channel`: its iterator has no `return()`.
  closesOnBreak: false,
  terminal: null,
  text: ['text'],
  measured: 'genkit 1.42, @genkit-ai/google-genai 1.42',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'genkit',
  title: 'Genkit',
  modules: ['genkit'],
  typeModules: ['@genkit-ai/ai', '@genkit-ai/core'],
  clients: ['Genkit', 'GenkitBeta'],
  factories: ['genkit'],
  docs: 'https://genkit.dev/docs/models/#streaming',
  apis: [
    {
      ...generated,
      name: 'generateStream',
      types: ['GenerateStreamResponse', 'GenerateResponseChunk'],
      signal: { argument: 0, path: ['abortSignal'] },
      example: `import { genkit } from 'genkit';
import { googleAI } from '@genkit-ai/google-genai';

const ai = genkit({ plugins: [googleAI()], model: googleAI.model('gemini-flash-latest') });
const { stream } = ai.generateStream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.text);
}
`,
    },
    {
      ...generated,
      name: 'prompt().stream',
      // The prompt may name tools, out of sight of the call.
      scope: 'run',
      aliases: ['definePrompt().stream'],
      signal: { argument: 1, path: ['abortSignal'] },
      example: `import { genkit } from 'genkit';
import { googleAI } from '@genkit-ai/google-genai';

const ai = genkit({ plugins: [googleAI()], model: googleAI.model('gemini-flash-latest') });
const greet = ai.prompt('greet');
const { stream } = greet.stream({ name: 'Ada' });
for await (const chunk of stream) {
  process.stdout.write(chunk.text);
}
`,
    },
    {
      ...generated,
      name: 'chat().sendStream',
      // The chat may have tools, and keeps what was said.
      scope: 'run',
      aliases: ['createSession().chat().sendStream'],
      signal: { argument: 0, path: ['abortSignal'] },
      measured: 'the source of @genkit-ai/ai 1.20',
      example: `import { genkit } from 'genkit/beta';
import { googleAI } from '@genkit-ai/google-genai';

const ai = genkit({ plugins: [googleAI()], model: googleAI.model('gemini-flash-latest') });
const chat = ai.chat({ system: 'Be brief.' });
const { stream } = chat.sendStream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.text);
}
`,
    },
    {
      ...generated,
      name: 'defineAgent().chat().sendStream',
      scope: 'run',
      types: ['AgentTurn', 'AgentChunk'],
      aliases: ['definePromptAgent().chat().sendStream', 'defineCustomAgent().chat().sendStream'],
      signal: { argument: 1, path: ['abortSignal'] },
      onAbort: 'ignored',
      example: `import { genkit } from 'genkit/beta';
import { googleAI } from '@genkit-ai/google-genai';

const ai = genkit({ plugins: [googleAI()] });
const helper = ai.defineAgent({ name: 'helper', model: googleAI.model('gemini-flash-latest'), system: 'Be brief.' });
const { stream } = helper.chat().sendStream('Hello');
for await (const chunk of stream) {
  process.stdout.write(chunk.text);
}
`,
    },
  ],
});
