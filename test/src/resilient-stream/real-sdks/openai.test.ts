/** openai 6.49.0. A claim that fails after an update means that the SDK has changed its ways: mend the catalog, too. */
import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';
import { describe, expect, it } from 'vitest';
import { openaiEntryPoints } from './entry-points.ts';
import { loopRaw, loopResilient } from './loop.ts';
import { describeSideBySide, startServer, type Claims } from './side-by-side.ts';

const raw: Claims = {
  cleanEnd: 'silent',
  reset: /^terminated$/,
  cutLine: 'silent',
  malformed: /JSON/,
  inBandError: /^The server had an error/,
  abort: 'silent',
  resetWhileBusy: /^terminated$/,
  helperInBandError: { type: 'server_error', status: undefined },
};

/** A failure in a Responses stream is an ordinary event. */
const responses: Partial<Claims> = {
  inBandError: 'silent',
  helperInBandError: { code: 'interrupted', cause: { code: 'server_error' } },
};
/** The `.stream()` helpers throw at an abort, and lose an error that finds nobody waiting. */
const helper: Partial<Claims> = { abort: /^Request was aborted\.$/, resetWhileBusy: 'silent' };

const claims: Readonly<Record<string, Claims>> = {
  'chat.completions.create': raw,
  'chat.completions.stream': {
    ...raw,
    ...helper,
    cleanEnd: /^missing finish_reason/,
    cutLine: /^missing finish_reason/,
  },
  'completions.create': raw,
  'responses.create': { ...raw, ...responses },
  'responses.stream': { ...raw, ...responses, ...helper },
};

for (const entry of openaiEntryPoints) describeSideBySide(entry, claims[entry.name]!);

describe.each(openaiEntryPoints.filter(({ name }) => name.startsWith('responses')))('$name', (entry) => {
  it('takes response.failed for an end, raw, and for a failure through the helper', async () => {
    const server = await startServer([{ fault: 'failed', strikesAfter: Promise.resolve() }]);
    expect(await loopRaw(entry, server.url)).toMatchObject({ end: 'ended', text: 'Hello wor' });
    expect(await loopResilient(entry, server.url)).toMatchObject({
      end: 'threw',
      text: 'Hello wor',
      error: { code: 'interrupted', cause: { code: 'server_error', message: 'The model failed.' } },
    });
    await server.close();
  });

  it('takes response.incomplete for an end, with its reason', async () => {
    const server = await startServer([{ finishReason: 'max_output_tokens' }]);
    const stream = await resilientStream(({ signal }) => entry.open(server.url, { signal }));
    for await (const each of stream) void each;
    expect(stream.finishReason).toBe('max_output_tokens');
    await server.close();
  });
});

describe('the types and the request id of a real client', () => {
  it('infer the chunk from the call, and tell the id', async () => {
    const server = await startServer([{}]);
    const client = new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1` });
    const stream = await resilientStream(({ signal }) =>
      client.chat.completions.create({ model: 'm', messages: [], stream: true }, { signal, maxRetries: 0 }),
    );
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    expect(text).toBe('Hello world foo bar.');
    expect(stream).toMatchObject({ requestId: 'req_lab', finishReason: 'stop', attempts: 1 });
    await server.close();
  });

  it('hold for withResponse() and for .text()', async () => {
    const server = await startServer([{ fault: 'end', strikesAfter: Promise.resolve() }, {}]);
    const client = new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1`, maxRetries: 0 });
    const open = ({ signal }: { signal: AbortSignal }) =>
      client.responses.create({ model: 'm', input: 'hi', stream: true }, { signal }).withResponse();
    await expect(
      (async () => {
        for await (const event of resilientStream(open)) void event.sequence_number;
      })(),
    ).rejects.toMatchObject({ code: 'truncated', requestId: 'req_lab' });
    let text = '';
    for await (const delta of resilientStream(open).text()) text += delta;
    expect(text).toBe('Hello world foo bar.');
    await server.close();
  });
});
