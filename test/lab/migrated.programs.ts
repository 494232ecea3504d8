/**
 * The catalog's examples as they are and as the codemod has them: whole programs with the real SDKs, against a server
 * that is well, and one that closes in mid-answer.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { rewriteText } from '../../codemods/rewrite.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { type Example, findExamples, NEEDS_OTHERS, ofGeneration, serve, TELLS_NO_CUT } from './examples.ts';
import { createPrograms, type Ended } from './program.ts';
import type { Script } from './server.ts';

/** `after`: null where it is left to a person. */
const examples = (await findExamples()).map((example) => {
  const { text, rewrites } = rewriteText('example.mjs', example.api.example, [codemod]);
  return {
    ...example,
    before: ofGeneration(example.api.example, example.sdk),
    after: rewrites.length > 0 ? ofGeneration(text, example.sdk) : null,
  };
});
const migrated = examples.flatMap(({ after, ...example }) =>
  after === null || example.name in NEEDS_OTHERS ? [] : [{ ...example, after }],
);

it('every exception is one of an example', () => {
  expect(examples.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...Object.keys(NEEDS_OTHERS), ...TELLS_NO_CUT]),
  );
});

const programs = createPrograms();
afterAll(() => programs.close());

async function run(text: string, example: Example, script: Script): Promise<Ended> {
  const server = await serve(example, [script]);
  try {
    return await programs.run(text, server.url);
  } finally {
    await server.close();
  }
}

describe.each(migrated)('$name', (example) => {
  const { name, before, after } = example;

  it('prints the same before and after, chunk for chunk', async () => {
    const raw = await run(before, example, {});
    expect(raw).toMatchObject({ code: 0, stdout: expect.stringMatching(/\S/) });
    expect(await run(after, example, {})).toMatchObject({ code: 0, stdout: raw.stdout });
  });

  it(TELLS_NO_CUT.includes(name) ? 'cannot tell a cut answer' : 'ends a cut answer with an error', async () => {
    const cut = await run(after, example, { fault: 'end' });
    expect(cut).toMatchObject(
      TELLS_NO_CUT.includes(name) ? { code: 0 } : { code: 1, stderr: expect.stringMatching(/StreamingError|Error: /) },
    );
  });
});

it.each(examples.filter(({ api }) => api.protocol === null && api.terminal === null))(
  '$name is left alone, for nothing tells the end of its chunks',
  ({ after }) => {
    expect(after).toBeNull();
  },
);

it.each(examples.filter(({ entry: { helper } }) => helper?.ownProtocol))(
  '$name is wrapped only if it throws by itself, or the helper is told its end',
  ({ api: { onCleanEnd, terminal, protocol }, after }) => {
    expect(after !== null).toBe(onCleanEnd === 'throws' || terminal !== null);
    if (after !== null) expect(after.includes('terminal: (chunk) =>')).toBe(protocol === null);
  },
);
