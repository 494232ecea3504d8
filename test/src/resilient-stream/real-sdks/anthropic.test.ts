/**
 * @anthropic-ai/sdk 1.12.0. A claim that fails after an update means that the SDK has changed its ways: mend the
 * catalog, too.
 */
import Anthropic from '@anthropic-ai/sdk';
import { resilientStream } from 'resilient-stream';
import { describe, expect, it } from 'vitest';
import { anthropicEntryPoints } from './entry-points.ts';
import { describeSideBySide, startServer, type Claims } from './side-by-side.ts';

const raw: Claims = {
  cleanEnd: 'silent',
  reset: /^terminated$/,
  cutLine: 'silent',
  malformed: /JSON/,
  inBandError: /overloaded_error/,
  abort: 'silent',
  resetWhileBusy: /^terminated$/,
  helperInBandError: { type: 'overloaded_error', status: undefined },
};

const claims: Readonly<Record<string, Claims>> = {
  'messages.create': raw,
  // The `.stream()` helper throws at an abort, and loses an error that finds nobody waiting.
  'messages.stream': { ...raw, abort: /^Request was aborted\.$/, resetWhileBusy: 'silent' },
};

for (const entry of anthropicEntryPoints) describeSideBySide(entry, claims[entry.name]!);

describe('a real client', () => {
  it('gives chunks of its own types, the stop reason and the request id', async () => {
    const server = await startServer([{ finishReason: 'max_tokens' }]);
    const client = new Anthropic({ apiKey: 'key', baseURL: server.url });
    const stream = await resilientStream(({ signal }) =>
      client.messages.create(
        { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], stream: true },
        { signal, maxRetries: 0 },
      ),
    );
    let text = '';
    for await (const event of stream)
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    expect(text).toBe('Hello world foo bar.');
    expect(stream).toMatchObject({ requestId: 'req_lab', finishReason: 'max_tokens' });
    await server.close();
  });
});
