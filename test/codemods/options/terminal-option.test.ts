import { describe, expect, it } from 'vitest';
import { findReasons, rewriteTwice } from '../twice.ts';

const openai = (body: string): string => `import OpenAI from "openai";\n\nconst client = new OpenAI();\n${body}\n`;
const read = 'for await (const event of stream) show(event);';

describe('the sign of the end that the helper is told', () => {
  it('has the name of the loop’s chunk and the file’s quotes', () => {
    expect(
      rewriteTwice(
        openai(
          `const stream = await client.audio.transcriptions.create({ file: open("a.mp3"), model: "whisper", stream: true });\n${read}`,
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
        `${before}const stream = await client.audio.transcriptions.create({ file${file}, model: "whisper", stream: true });\n${read}`,
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
    `import Anthropic from '@anthropic-ai/sdk';\n\nconst client = new Anthropic();\nasync function watch(id) {\n  const stream = await client.beta.sessions.events.stream(id, {}, { maxRetries: 5 });\n  for await (const event of stream) {\n    ${body}\n  }\n}\n`;
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
