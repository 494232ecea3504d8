import { resilientStream } from 'resilient-stream';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../src/providers/catalog.ts';
import { protocolNames } from '../../../src/providers/protocol-names.ts';
import type { ChunkPath, StreamApi } from '../../../src/providers/provider.ts';
import { allProtocols } from '../../../src/resilient-stream/protocols/all.ts';
import { findTextByPath, isTrue } from '../../lab/chunk-path.ts';
import { findClaimed } from '../../lab/claimed.ts';
import { dialects } from '../../lab/dialects.ts';
import { listFrames } from '../../lab/script.ts';
import { findSdks } from '../../lab/sdk.ts';
import { recordedAnswers } from '../resilient-stream/protocols/recorded.ts';

const apis = catalog.flatMap((provider) =>
  provider.apis.map((api) => [`${provider.title} ${api.name} ${api.iterables.join(', ')}`.trim(), api] as const),
);
const known = apis.filter(([, { protocol }]) => protocol !== null);
const unknown = apis.filter(([, { protocol }]) => protocol === null);

const isObject = (chunk: unknown): chunk is object => typeof chunk === 'object' && chunk !== null;

/** The protocol that the helper takes the chunks for. */
function findRecognised(chunks: readonly unknown[]): string | null {
  const found = chunks.filter(isObject).flatMap((chunk) => allProtocols.find(({ matches }) => matches(chunk)) ?? []);
  return found[0]?.name ?? null;
}

/** The chunks are as the catalog says that this API's are: the sign of the end is in one, or text where it has none. */
const isAsStated = (api: StreamApi, chunks: readonly unknown[]): boolean =>
  api.terminal
    ? chunks.some((chunk) => isTrue(chunk, api.terminal!))
    : chunks.filter(isObject).some((chunk) => findTextByPath(chunk, api) !== '');

/** An object with the value at the place, and nothing else. */
const place = ([step, ...rest]: ChunkPath, value: unknown, into: unknown = undefined): unknown => {
  if (step === undefined) return value;
  const inner = place(rest, value, isObject(into) ? (into as Record<string | number, unknown>)[step] : undefined);
  return typeof step === 'number' ? [inner] : { ...(into as object), [step]: inner };
};

/** The chunks with text and those that end the answer, with all that the catalog knows of them. */
function makeChunks({ text, textWhen, terminal }: StreamApi): unknown[] {
  const withText = textWhen.reduce<unknown>(
    (chunk, { path, values }) => place(path, values?.[0] ?? {}, chunk),
    text ? place(text, 'Hello') : {},
  );
  return [withText, ...(terminal ? (terminal.values ?? ['stop']).map((value) => place(terminal.path, value)) : [])];
}

describe('the names of the protocols', () => {
  it('are those of the helper’s own list', () => {
    expect([...protocolNames].sort()).toEqual(allProtocols.map(({ name }) => name).sort());
  });

  it('are each stated by some API, but for the one that LangChain’s `streamEvents` has without a version', () => {
    const stated = new Set(apis.map(([, { protocol }]) => protocol));
    expect(protocolNames.filter((name) => !stated.has(name))).toEqual(['langchain-model-events']);
  });
});

describe('an API whose protocol is stated', () => {
  const withChunks = known.filter(([, { terminal, text, isTextOnly }]) => terminal !== null || (text && !isTextOnly));

  it.each(withChunks)('%s has chunks as an answer that was recorded of it', (_, api) => {
    const recorded = recordedAnswers.filter(({ protocol }) => protocol.name === api.protocol);
    expect(recorded.some(({ chunks }) => isAsStated(api, chunks))).toBe(true);
  });

  it.each(known.filter(([, { isTextOnly }]) => isTextOnly))(
    '%s gives strings, and has a sibling that gives the chunks behind them',
    (_, { name, reach, protocol }) => {
      const siblings = apis.filter(([, api]) => api.name === name && api.reach === reach && api.terminal !== null);
      expect(siblings.map(([, api]) => api.protocol)).toContain(protocol);
    },
  );
});

describe('an API whose end the helper does not know', () => {
  it.each(unknown)('%s has chunks that no protocol recognises', (_, api) => {
    expect(findRecognised(makeChunks(api))).toBeNull();
  });

  it.each(unknown.filter(([, { terminal }]) => terminal !== null))(
    '%s has an end that no recorded answer has',
    (_, api) => {
      expect(recordedAnswers.filter(({ chunks }) => isAsStated(api, chunks)).map(({ title }) => title)).toEqual([]);
    },
  );
});

describe('an SDK that hands on what is on the wire', async () => {
  const entries = (await findSdks()).flatMap(({ title, entryPoints }) =>
    entryPoints.flatMap((entry) => {
      const api = entry.proves && findClaimed(catalog, entry.proves);
      const frames = listFrames(dialects[entry.dialect], { usage: true });
      const chunks = frames.flatMap((frame) => (typeof frame === 'string' ? parseFrame(frame) : []));
      return api && isAsStated(api, chunks) ? [[`${title} ${entry.name}`, api, chunks] as const] : [];
    }),
  );

  it('is each that has the sign of the end in the frames of its dialect', () => {
    expect(entries.length).toBeGreaterThan(20);
  });

  it.each(entries)('%s has its frames recognised as what the catalog states', (_, api, chunks) => {
    expect(findRecognised(chunks)).toBe(api.protocol);
  });
});

/** The JSON of a line, or of an event's data. */
function parseFrame(frame: string): unknown[] {
  return frame.split('\n').flatMap((line) => {
    const json = /^(?:data: ?)?(\{.*\})$/.exec(line)?.[1];
    return json === undefined ? [] : [JSON.parse(json) as unknown];
  });
}

describe('a stream that the helper finds in a result by itself', () => {
  const found = new Set(apis.flatMap(([, { foundByHelper }]) => foundByHelper));

  it('is one of those that are iterated', () => {
    expect(apis.filter(([, api]) => api.foundByHelper.some((name) => !api.iterables.includes(name)))).toEqual([]);
  });

  it.each([...found])('is read from `%s`', async (name) => {
    const chunks: unknown[] = [];
    const result = {
      [name]: (async function* () {
        yield 'Hello';
      })(),
    };
    for await (const chunk of resilientStream(() => result as unknown as AsyncIterable<unknown>)) chunks.push(chunk);
    expect(chunks).toEqual(['Hello']);
  });
});
