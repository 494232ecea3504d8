import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const head = `import OpenAI from 'openai';\n`;
const read = (client: string, content = `'Hello'`): string =>
  `for await (const chunk of await ${client}.chat.completions.create({ messages: [{ role: 'user', content: ${content} }], stream: true })) show(chunk);`;
const narrowed = (name: string): string =>
  `The type of \`${name}\` is narrowed before the request, and in a callback it is not; give it to a \`const\`, then run this again.`;
const agent = (field: string, before: string): string =>
  `${head}class Agent {\n  ${field}\n  async ask() {\n    ${before}\n    ${read('this.client')}\n  }\n}\n`;
const ask = (parameters: string, before: string, content: string): string =>
  `${head}const client = new OpenAI();
export async function ask(${parameters}) {
  ${before}
  ${read('client', content)}
}
`;

const cases: readonly (readonly [name: string, text: string, what: string])[] = [
  [
    'a field that is made at first use',
    agent('client?: OpenAI;', 'if (!this.client) this.client = new OpenAI();'),
    'this.client',
  ],
  [
    'a field that is tested',
    agent('client: OpenAI | null = null;', `if (!this.client) throw new Error('no client');`),
    'this.client',
  ],
  [
    'a variable of the module',
    `${head}let client: OpenAI | null = null;
export async function ask() {
  client ??= new OpenAI();
  ${read('client')}
}
`,
    'client',
  ],
  [
    'a variable without a value',
    `${head}let client: OpenAI | undefined;
function open() { client = new OpenAI(); }
export async function ask() {
  if (!client) return;
  ${read('client')}
}
`,
    'client',
  ],
  [
    'a member of a parameter',
    ask('request: Request', 'if (!request.prompt) return;', 'request.prompt'),
    'request.prompt',
  ],
  [
    'a member of a member',
    ask(
      'request: Request',
      `if (request.body.prompt === undefined) { throw new Error(); }`,
      'request.body.prompt.trim()',
    ),
    'request.body.prompt',
  ],
];

describe('what TypeScript knows before a callback and not in it', () => {
  it.each(cases)('%s is left with a reason', (_, text, what) => expect(findReasons(text)).toEqual([narrowed(what)]));
  it('does not matter in JavaScript', () => {
    expect(rewriteTwice(ask('request', 'if (!request.prompt) return;', 'request.prompt'), 'file.js')).toContain(
      'resilientStream',
    );
  });

  it.each([
    ['a parameter that is tested', ask('prompt?: string', 'if (!prompt) return;', 'prompt')],
    [
      'a constant that is tested',
      ask('request: Request', 'const prompt = request.prompt;\n  if (!prompt) return;', 'prompt'),
    ],
    [
      'a variable that has its last value',
      ask('given?: string', `let prompt: string | undefined = given;\n  if (!prompt) prompt = 'Hello';`, 'prompt'),
    ],
    [
      'a field that is never null',
      agent('client: OpenAI = new OpenAI();', `if (!this.client) throw new Error('no client');`),
    ],
    [
      'a member that is never null',
      ask('request: { prompt: string }', 'if (!request.prompt) return;', 'request.prompt'),
    ],
    [
      'a member that is tested for something else',
      ask('request: Request', 'if (request.verbose) console.log(1);', 'request.prompt'),
    ],
    ['a test that leaves nothing', ask('request: Request', 'if (request.prompt) console.log(1);', 'request.prompt')],
  ])('%s is wrapped', (_, text) => expect(rewriteTwice(text)).toContain('resilientStream('));
});
