import { describe, expect, it } from 'vitest';
import { apisIn, loopIn } from '../analysis/loops-in.ts';

const AI = `import { streamObject, streamText, ToolLoopAgent } from 'ai';\n`;
const read = `for await (const chunk of stream) use(chunk);`;

/** The iterated members of the API that was found: 'streamText' has several, of which each has facts of its own. */
const iterablesIn = (text: string): readonly string[] => loopIn(text).origin.api.iterables;

describe('a stream of streamText', () => {
  it.each([
    [
      'a member of the result',
      `const result = streamText(p); for await (const chunk of result.textStream) use(chunk);`,
    ],
    ['picked from the call', `const { textStream } = streamText(p); for await (const chunk of textStream) use(chunk);`],
    ['picked under another name', `const { textStream: stream } = streamText(p); ${read}`],
    ['picked from the result', `const result = streamText(p); const { textStream: stream } = result; ${read}`],
    ['in the loop head', `for await (const chunk of streamText({ model, prompt }).textStream) use(chunk);`],
    [
      'of a call that needed no await',
      `const result = await streamText(p); for await (const chunk of result.textStream) use(chunk);`,
    ],
    [
      'of a let assigned in a try',
      `let result; try { result = streamText(p); } catch { throw 1; } for await (const chunk of result.textStream) use(chunk);`,
    ],
    [
      'read in an enclosed function',
      `const result = streamText(p); (async () => { for await (const chunk of result.textStream) use(chunk); })();`,
    ],
  ])('is found as %s', (_, text) => {
    expect(loopIn(AI + text).origin).toMatchObject({
      provider: { id: 'ai-sdk' },
      api: { name: 'streamText' },
      evidence: 'import',
    });
    expect(iterablesIn(AI + text)).toContain('textStream');
  });

  it.each([
    ['textStream', 'hidden', null],
    ['fullStream', 'chunk', ['finishReason']],
    ['stream', 'chunk', ['finishReason']],
    ['partialOutputStream', 'hidden', null],
    ['toUIMessageStream()', 'chunk', ['finishReason']],
  ])('has the facts of its %s', (member, inBandError, finishReason) => {
    const { api } = loopIn(`${AI}for await (const chunk of streamText(p).${member}) use(chunk);`).origin;
    expect(api.inBandError).toBe(inBandError);
    expect(api.terminal?.finishReason ?? null).toEqual(finishReason);
  });

  it.each([
    ['a namespace', `import * as ai from 'ai'; for await (const chunk of ai.streamText(p).fullStream) use(chunk);`],
    [
      'another name',
      `import { streamText as ask } from 'ai'; for await (const chunk of ask(p).fullStream) use(chunk);`,
    ],
    [
      'require',
      `const { streamText } = require('ai'); for await (const chunk of streamText(p).fullStream) use(chunk);`,
    ],
    [
      'a dynamic import',
      `const { streamText } = await import('ai'); for await (const chunk of streamText(p).fullStream) use(chunk);`,
    ],
  ])('is found through %s', (_, text) => {
    expect(apisIn(text)).toEqual(['ai-sdk.streamText']);
  });

  it('is found by the name of its member where the call is out of sight', () => {
    const { origin } = loopIn(
      `import { ask } from './ask'; const result = await ask(); for await (const chunk of result.fullStream) use(chunk);`,
    );
    expect(origin).toMatchObject({ api: { name: 'streamText' }, call: null, evidence: 'shape' });
  });

  it('is found by its chunks where only a parameter is in sight', () => {
    expect(
      apisIn(
        `async function show(stream) { for await (const chunk of stream) if (chunk.type === 'text-delta') print(chunk.text); }`,
      ),
    ).toEqual(['ai-sdk.streamText']);
  });

  it('is not its text, its steps, or a member of an unknown call', () => {
    const text = `${AI}const result = streamText(p); for (const step of await result.steps) use(step); for await (const page of list().stream) use(page);`;
    expect(apisIn(text)).toEqual([]);
  });

  it('is not that of another package with such a function', () => {
    expect(
      apisIn(`import { streamText } from './files'; for await (const line of streamText('a.txt')) use(line);`),
    ).toEqual([]);
  });
});

describe('a limit of streamText', () => {
  const boundOf = (option: string): unknown =>
    loopIn(`${AI}const { fullStream: stream } = streamText({ model, ${option} }); ${read}`).limits.requestTimeout
      ?.bounds ?? null;

  it.each([
    ['timeout: 5_000', 'total'],
    ['timeout: { totalMs: 5_000 }', 'total'],
    ['timeout: { chunkMs: 5_000 }', 'idle'],
    ['timeout: { totalMs: 60_000, chunkMs: 5_000 }', 'idle'],
    ['timeout: { firstChunkMs: 5_000 }', 'headers'],
    ['timeout', 'unknown'],
    ['prompt', null],
  ])('%s bounds %s', (option, bounds) => {
    expect(boundOf(option)).toBe(bounds);
  });

  it('is none in streamObject', () => {
    expect(
      loopIn(`${AI}for await (const chunk of streamObject({ timeout: 5_000 }).partialObjectStream) use(chunk);`).limits
        .requestTimeout,
    ).toBeNull();
  });

  it('is found in the settings of an agent', () => {
    const text = `${AI}const agent = new ToolLoopAgent({ model, timeout: { chunkMs: 5_000 } }); for await (const chunk of (await agent.stream({ prompt })).textStream) use(chunk);`;
    expect(loopIn(text).limits.requestTimeout).toMatchObject({ bounds: 'idle' });
  });
});

describe('a look at how streamText ended', () => {
  const looks = (text: string): number => loopIn(AI + text).endChecks.length;

  it('is none where the `finish` part alone is looked for, which a cut answer has too', () => {
    expect(looks(`for await (const chunk of streamText(p).fullStream) { if (chunk.type === 'finish') done(); }`)).toBe(
      0,
    );
  });

  it.each([
    [
      'in the chunks',
      `const result = streamText(p); for await (const chunk of result.fullStream) { if (chunk.type === 'finish') use(chunk.finishReason); }`,
    ],
    [
      'at the result',
      `const result = streamText(p); for await (const chunk of result.textStream) use(chunk); if (await result.finishReason !== 'stop') throw 1;`,
    ],
    [
      'at the result of an agent',
      `const result = await new ToolLoopAgent(s).stream(p); for await (const chunk of result.textStream) use(chunk); check(await result.finishReason);`,
    ],
    [
      'picked beside the stream',
      `const { textStream, finishReason } = streamText(p); for await (const chunk of textStream) use(chunk); check(await finishReason);`,
    ],
    [
      'past a variable of its own',
      `const result = streamText(p); const stream = result.toUIMessageStream(); ${read} check(await result.finishReason);`,
    ],
    [
      'at an object that is valid or rejects',
      `const result = streamObject(p); for await (const chunk of result.partialObjectStream) use(chunk); save(await result.object);`,
    ],
  ])('is seen %s', (_, text) => {
    expect(looks(text)).toBeGreaterThan(0);
  });

  it.each([
    [
      'the text, which resolves with what there is',
      `const result = streamText(p); for await (const chunk of result.textStream) use(chunk); save(await result.text);`,
    ],
    [
      'a reason that nobody reads',
      `const { textStream, finishReason } = streamText(p); for await (const chunk of textStream) use(chunk);`,
    ],
    [
      'the reason of another call',
      `const other = streamText(q); const { textStream } = streamText(p); for await (const chunk of textStream) use(chunk); check(await other.finishReason);`,
    ],
  ])('is not %s', (_, text) => {
    expect(looks(text)).toBe(0);
  });
});

describe('a stream of streamObject', () => {
  it.each(['partialObjectStream', 'elementStream', 'textStream', 'fullStream'])(
    'is found as %s, and throws on an abort',
    (member) => {
      const { api } = loopIn(`${AI}const { ${member}: stream } = streamObject({ model, schema }); ${read}`).origin;
      expect(api).toMatchObject({ name: 'streamObject', onAbort: 'throws', closesOnBreak: true });
    },
  );
});

describe('a stream of an agent', () => {
  it.each([
    [
      'of the file',
      `const agent = new ToolLoopAgent({ model }); const { textStream: stream } = await agent.stream(p); ${read}`,
    ],
    [
      'in a field',
      `class A { agent = new ToolLoopAgent({ model }); async run() { const result = await this.agent.stream(p); for await (const chunk of result.fullStream) use(chunk); } }`,
    ],
    [
      'in a parameter',
      `async function run(agent: ToolLoopAgent) { for await (const chunk of (await agent.stream(p)).fullStream) use(chunk); }`,
    ],
    [
      'of v5',
      `import { Experimental_Agent as Agent } from 'ai'; for await (const chunk of new Agent({ model }).stream(p).textStream) use(chunk);`,
    ],
  ])('is found %s', (_, text) => {
    expect(apisIn(AI + text)).toEqual(['ai-sdk.stream']);
  });

  it('is found as UI messages', () => {
    expect(
      apisIn(
        `import { createAgentUIStream } from 'ai'; for await (const chunk of await createAgentUIStream({ agent, uiMessages })) use(chunk);`,
      ),
    ).toEqual(['ai-sdk.createAgentUIStream']);
  });

  it('is not what it generates whole', () => {
    expect(
      apisIn(
        `${AI}const agent = new ToolLoopAgent({ model }); for (const step of (await agent.generate(p)).steps) use(step);`,
      ),
    ).toEqual([]);
  });
});
