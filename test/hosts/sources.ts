/** The files of each project, and what is to be found in them. */

const ASK = `import OpenAI from 'openai';

const client = new OpenAI();

export async function ask(messages) {
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}

ask([]);

export async function askInPeace(messages) {
  // eslint-disable-next-line resilient-stream/require-timeout -- the platform ends the request
  const stream = await client.chat.completions.create({ model: 'gpt-5', messages, stream: true });
  // eslint-disable-next-line resilient-stream/require-completion-check, resilient-stream/require-error-handling -- a demonstration
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}

askInPeace([]);
`;

const TYPED = `import { open } from './open.ts';

export async function relay(): Promise<void> {
  const stream = await open();
  for await (const chunk of stream) console.log(chunk);
}

void relay();
`;

const OPEN = `import OpenAI from 'openai';

const client = new OpenAI();

export const open = () => client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });
`;

export const javascript = { 'src/ask.js': ASK };

export const typescript = {
  ...javascript,
  'src/relay.ts': TYPED,
  'src/open.ts': OPEN,
  'tsconfig.json': `{ "compilerOptions": { "target": "es2023", "module": "nodenext", "strict": true, "noEmit": true, "allowJs": true, "allowImportingTsExtensions": true, "types": ["node"] }, "include": ["src"] }
`,
};

/** `file:line rule`, sorted. */
export const found = {
  javascript: [
    'src/ask.js:6 require-timeout',
    'src/ask.js:7 require-completion-check',
    'src/ask.js:7 require-error-handling',
  ],
  /** Only types know what `open()` of another file gives. */
  typed: ['src/relay.ts:5 require-completion-check', 'src/relay.ts:5 require-error-handling'],
};
