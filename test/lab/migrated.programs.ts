/**
 * The catalog's examples as they are and as the codemod has them: whole programs with the real SDKs, against a server that is well, and one
 * that closes in mid-answer.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { rewriteText } from '../../codemods/rewrite.ts';
import { codemod } from '../../codemods/wrap-in-resilient-stream.ts';
import { catalog } from '../../src/providers/catalog.ts';
import { findClaimed } from './claimed.ts';
import { createPrograms, type Ended } from './program.ts';
import { type EntryPoint, findSdks, generation, type Sdk } from './sdk.ts';
import { type Script, startFaultServer } from './server.ts';

/** Of structured output, the text is a piece of JSON. */
const JSON_TEXT = ['{"answer":', '"Hello ', 'world ', 'foo ', 'bar."}'];

/** What the example asks of others before it asks for the answer. */
const NEEDS_OTHERS: Readonly<Record<string, string>> = {
  'google-vertexai generateContentStream': "a token, of Google's metadata server",
  'google-vertexai startChat().sendMessageStream': "a token, of Google's metadata server",
  'huggingface textGenerationStream': 'the hub, which of the providers has the model',
};

/** A parser at the end of the chain leaves nothing in the chunks that says how the answer ended. */
const TELLS_NO_CUT = ['langchain chain.stream'];

interface Example {
  readonly name: string;
  readonly entry: EntryPoint;
  /** undefined: the path says it, for the AI SDK's examples have another model than the lab. */
  readonly dialect: EntryPoint['dialect'] | undefined;
  /** The helper knows no end of its chunks, and the catalog none to tell it. */
  readonly isUnknown: boolean;
  readonly before: string;
  /** null: it is left to a person. */
  readonly after: string | null;
}

/** The examples import the newest major; the previous one is installed by another name. */
const ofGeneration = (text: string, { packages }: Sdk): string =>
  packages.newest.reduce((renamed, name, index) => renamed.replaceAll(`'${name}'`, `'${packages[generation][index] ?? name}'`), text);

const examples = (await findSdks()).flatMap((sdk) => sdk.entryPoints.flatMap((entry): Example[] => {
  const api = entry.proves && findClaimed(catalog, entry.proves);
  if (!api) return [];
  const { text, rewrites } = rewriteText('example.mjs', api.example, [codemod]);
  const after = rewrites.length > 0 ? ofGeneration(text, sdk) : null;
  return [{ name: `${sdk.id} ${entry.name}`, entry, dialect: sdk.id === 'ai' ? undefined : entry.dialect, isUnknown: api.unknownToHelper === true && api.terminal === null, before: ofGeneration(api.example, sdk), after }];
}));
const migrated = examples.flatMap(({ after, ...example }) => (after === null || example.name in NEEDS_OTHERS ? [] : [{ ...example, after }]));

it('every exception is one of an example', () => {
  expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining([...Object.keys(NEEDS_OTHERS), ...TELLS_NO_CUT]));
});

const programs = createPrograms();
afterAll(() => programs.close());

async function run(text: string, { entry, dialect }: Example, fault: Pick<Script, 'fault'>): Promise<Ended> {
  const script = { ...fault, ...(entry.dialect.endsWith('-json') && { text: JSON_TEXT }) };
  const server = await startFaultServer({ plan: [script], http2: entry.http2 ?? false, ...(dialect && { dialect }) });
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
    expect(cut).toMatchObject(TELLS_NO_CUT.includes(name) ? { code: 0 } : { code: 1, stderr: expect.stringMatching(/StreamingError|Error: /) });
  });
});

it.each(examples.filter(({ isUnknown }) => isUnknown))('$name is left alone, for nothing tells the end of its chunks', ({ after }) => {
  expect(after).toBeNull();
});

it.each(examples.filter(({ entry: { helper } }) => helper?.ownProtocol))('$name is wrapped only if it throws by itself, or the helper is told its end', ({ entry, after }) => {
  const { onCleanEnd, terminal } = findClaimed(catalog, entry.proves!)!;
  expect(after !== null).toBe(onCleanEnd === 'throws' || terminal !== null);
  if (after !== null) expect(after.includes('terminal: (chunk) =>')).toBe(onCleanEnd === 'silent');
});
