import { describe, expect, it } from 'vitest';
import { type RewrittenText, rewriteText } from '../../../codemods/rewrite.ts';
import { codemod } from '../../../codemods/wrap-in-resilient-stream.ts';
import { catalog } from '../../../src/providers/catalog.ts';
import { defineProvider, type Provider, type StreamApiEntry } from '../../../src/providers/provider.ts';
import { findReasons, rewriteTwice } from '../twice.ts';

const openai = (body: string): string => `import OpenAI from "openai";\n\nconst client = new OpenAI();\n${body}\n`;
const read = 'for await (const event of stream) show(event);';

describe('the sign of the end that the helper is told', () => {
  it('has the name of the loop’s chunk and the file’s quotes', () => {
    expect(
      rewriteTwice(
        openai(
          `const stream = await client.audio.transcriptions.create({ file: open("a.mp3"), model: "whisper", stream: true });
${read}`,
        ),
      ),
    ).toContain(', { signal, maxRetries: 0 }), { terminal: (event) => event.type === "transcript.text.done" });');
  });

  it('has every end but those that say that the answer failed', () => {
    const after = rewriteTwice(
      openai(`const stream = await client.beta.threads.runs.create(thread, { assistant_id, stream: true });\n${read}`),
    );
    expect(after).toContain(
      '{ terminal: (event) => ["thread.run.completed", "thread.run.requires_action", "thread.run.incomplete", "thread.run.cancelled"].includes(event.event) }',
    );
    expect(after).not.toMatch(/run\.(failed|expired)/);
  });

  it('stands behind what the program states', () => {
    expect(
      rewriteTwice(
        openai(
          `const stream = await client.images.generate({ prompt, n: 1, stream: true }, { maxRetries: 4 });\n${read}`,
        ),
      ),
    ).toContain('{ maxRetries: 4, terminal: (event) => [');
  });

  it('is not taken of a generator’s own chunks', () => {
    const text = openai(
      'async function* ask() {\n  yield* await client.images.generate({ prompt, stream: true });\n}\nfor await (const picture of ask()) show(picture);',
    );
    expect(rewriteTwice(text)).toContain('terminal: (chunk) => [');
  });

  it('is not known where several answers come in one stream', () => {
    const several = /^The request may ask for more than one answer, each with an end of its own/;
    expect(
      findReasons(openai(`const stream = await client.images.generate({ prompt, n: 2, stream: true });\n${read}`)),
    ).toEqual([expect.stringMatching(several)]);
    expect(
      findReasons(openai(`const stream = await client.images.generate({ ...params, stream: true });\n${read}`)),
    ).toEqual([expect.stringMatching(several)]);
  });

  it('does not bring a file back that one attempt has read', () => {
    const body = (before: string, file: string): string =>
      openai(
        `${before}const stream = await client.audio.transcriptions.create({ file${file}, model: "whisper", stream: true });
${read}`,
      );
    expect(findReasons(body('const file = fs.createReadStream("a.mp3");\n', ''))).toEqual([
      'The request sends `file`, which can be read once (`createReadStream`), so that a second attempt would send nothing; open it inside the call, then run this again.',
    ]);
    expect(rewriteTwice(body('', ': fs.createReadStream("a.mp3")'))).toContain('resilientStream(');
    expect(rewriteTwice(body('const file = await collect(fs.createReadStream("a.mp3"));\n', ''))).toContain(
      'resilientStream(',
    );
  });

  it.each([
    ['params', 'const params = { file: fs.createReadStream("a.mp3"), model: "whisper", stream: true };\n', 'params'],
    [
      'params',
      'const params = { file: createReadStream("a.mp3"), model: "whisper" };\n',
      '{ ...params, stream: true }',
    ],
    [
      'params',
      'const base = { file: createReadStream("a.mp3") };\nconst params = { ...base, model: "whisper", stream: true };\n',
      'params',
    ],
    [
      'file',
      'const file = process.argv[2] ? createReadStream(process.argv[2]) : null;\n',
      '{ file, model: "whisper", stream: true }',
    ],
  ])('does not bring a file back that `%s` holds', (name, before, argument) => {
    expect(
      findReasons(openai(`${before}const stream = await client.audio.transcriptions.create(${argument});\n${read}`)),
    ).toEqual([
      expect.stringContaining(`The request sends \`${name}\`, which can be read once (\`createReadStream\`)`),
    ]);
  });
});

describe('a stream that goes on behind the sign of the end', () => {
  const sessions = (body: string): string =>
    `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
async function watch(id) {
  const stream = await client.beta.sessions.events.stream(id, {}, { maxRetries: 5 });
  for await (const event of stream) {
    ${body}
  }
}
`;
  const wrapped =
    "resilientStream(({ signal }) => client.beta.sessions.events.stream(id, {}, { maxRetries: 5, signal }), { maxRetries: 0, terminal: (event) => ['session.status_terminated', 'session.deleted'].includes(event.type) });";

  it.each([
    ['a break', "if (event.type === 'session.status_idle') break;"],
    [
      'a return in a block',
      "show(event); if (event.type === 'session.status_idle' && event.stop_reason.type === 'end_turn') { done(); return; }",
    ],
    [
      'a case',
      "switch (event.type) { case 'agent.message': show(event); break; case 'session.status_idle': case 'session.deleted': return; }",
    ],
  ])('is wrapped where %s leaves the loop there, and only the SDK retries', (_, body) => {
    expect(rewriteTwice(sessions(body))).toContain(wrapped);
  });

  it.each([
    ['nothing leaves the loop', 'show(event);'],
    [
      'something else does',
      "if (event.type === 'session.status_idle') show(event); if (event.type === 'agent.message') break;",
    ],
    [
      'another case does',
      "switch (event.type) { case 'agent.message': return; case 'session.status_idle': show(event); }",
    ],
    ['the opposite does', "if (event.type !== 'session.status_idle') return; show(event);"],
    ['a break leaves the switch alone', "switch (event.type) { case 'session.status_idle': break; }"],
  ])('is left where %s', (_, body) => {
    expect(findReasons(sessions(body))).toEqual([
      'This stream goes on behind the sign of the end, and the loop does not leave it there; leave the loop by `break`, then run this again.',
    ]);
  });
});

describe('an API whose protocol is null', () => {
  const unknown = catalog.flatMap((provider) =>
    provider.apis.flatMap((api) =>
      api.protocol === null ? [[`${provider.title} ${api.name} ${api.iterables.join(', ')}`, api] as const] : [],
    ),
  );

  it.each(unknown)('%s: the rewrite passes `terminal`, or leaves the loop unchanged', (_, { example, terminal }) => {
    const { text, rewrites } = rewriteText('file.ts', example, [codemod], {});
    const isChanged = text !== example;
    expect(isChanged ? text : 'terminal: (chunk) =>').toContain('terminal: (chunk) =>');
    expect({ isChanged, rewrites: rewrites.length }).toEqual({
      isChanged: rewrites.length > 0,
      rewrites: isChanged ? 1 : 0,
    });
    if (terminal === null) expect(isChanged).toBe(false);
  });

  /** A new SDK, of which nobody has said more than that the helper has no protocol for it. */
  const acme = (facts: Partial<StreamApiEntry>): Provider =>
    defineProvider({
      id: 'acme',
      title: 'Acme',
      modules: ['acme'],
      clients: ['Acme'],
      docs: 'https://acme.example',
      apis: [
        {
          name: 'chat.stream',
          reach: 'client',
          protocol: null,
          scope: 'request',
          headersWait: 'headers',
          awaited: true,
          signal: { argument: 1, path: ['signal'] },
          retries: null,
          timeouts: [],
          onCleanEnd: 'silent',
          onAbort: 'throws',
          inBandError: 'throws',
          closesOnBreak: true,
          terminal: null,
          text: ['text'],
          example: '',
          measured: 'acme 1.0',
          ...facts,
        },
      ],
    });
  const program = `import Acme from 'acme';

const client = new Acme();
for await (const part of await client.chat.stream({ prompt })) show(part.text);
`;
  const rewrite = (facts: Partial<StreamApiEntry>): RewrittenText =>
    rewriteText('file.ts', program, [codemod], { hints: { oracle: null, own: [acme(facts)] } });

  it('of a new provider leaves the loop unchanged where its chunks do not say that they end', () => {
    const { text, skipped } = rewrite({});
    expect(text).toBe(program);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'The helper knows no sign of the end in the chunks of `chat.stream`, and would take a cut answer for a whole one; wrap the request by hand, with a `terminal` that tells it.',
    ]);
  });

  it('of a new provider leaves it unchanged too where the sign of the end is more than a word', () => {
    const inList = { path: ['ends', 0, 'reason'], values: null, finishReason: null };
    expect(rewrite({ terminal: inList }).text).toBe(program);
  });

  it('of a new provider becomes `terminal` where a chunk says it', () => {
    const terminal = { path: ['kind'], values: ['end'], finishReason: null };
    expect(rewrite({ terminal }).text).toContain(
      "await resilientStream(({ signal }) => client.chat.stream({ prompt }, { signal }), { terminal: (part) => part.kind === 'end' })",
    );
  });

  it('is what makes the difference: with a protocol the helper needs to be told nothing', () => {
    expect(rewrite({ protocol: 'openai-chat' }).text).toContain(
      'await resilientStream(({ signal }) => client.chat.stream({ prompt }, { signal })))',
    );
  });
});
