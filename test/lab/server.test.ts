import { connect } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { dialects, type DialectName } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findDialect } from './find-dialect.ts';
import { listFrames } from './script.ts';
import { startFaultServer, type FaultServer, type FaultServerOptions, type Script } from './server.ts';

let server: FaultServer;
afterEach(() => server.close());

/** Loses no time. */
async function start(plan: readonly Script[], more: Omit<FaultServerOptions, 'plan'> = {}): Promise<void> {
  const swift = { pauseMs: null, strikesAfter: Promise.resolve() };
  server = await startFaultServer({ plan: plan.map((script) => ({ ...swift, ...script })), ...more });
}

async function post(path: string, plan: readonly Script[]): Promise<Response> {
  await start(plan);
  return fetch(`${server.url}${path}`, { method: 'POST', body: '{"model":"m"}' });
}

describe('the fault server', () => {
  const byPath = (Object.keys(dialects) as DialectName[]).filter(
    (name) => findDialect(dialects[name].path) === dialects[name],
  );
  it.each(byPath)('writes a whole answer in %s, by the path of the request', async (name) => {
    const dialect: Dialect = dialects[name];
    await start([{ usage: true, toolCall: true }]);
    const init = dialect.created ? {} : { method: 'POST', body: '{"model":"m"}' };
    const response = await fetch(`${server.url}/v1${dialect.path}`, init);
    const expected = Buffer.concat(
      listFrames(dialect, { usage: true, toolCall: true }).map((frame) => Buffer.from(frame)),
    );
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
    expect(await server.requests[0]!.closed).toBe('by-server');
    expect(server.requests[0]).toMatchObject({
      path: `/v1${dialect.path}`,
      body: dialect.created ? null : { model: 'm' },
    });
  });

  it('makes an answer by one request and streams it by another, as Replicate does', async () => {
    const created = (await (await post('/v1/predictions', [{}])).json()) as { urls: { stream: string } };
    const body = await (await fetch(created.urls.stream)).text();
    expect(body).toContain('data: bar.');
    expect(server.requests).toHaveLength(1);
  });

  it('speaks HTTP/2 too, and resets it', async () => {
    let hear = (): void => {};
    // Both sides have said all they had to say; else one of them ends the stream in good order.
    const heard = new Promise<void>((resolve) => {
      hear = resolve;
    }).then(async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    });
    await start([{ fault: 'reset', strikesAfter: heard }], { dialect: 'openai-chat', http2: true });
    const session = connect(server.url);
    const stream = session.request({ ':path': '/x', ':method': 'POST' });
    stream.end('{}');
    const outcome = await new Promise((resolve) => {
      session.on('error', resolve);
      stream.on('error', resolve).on('data', () => session.ping(hear));
    });
    expect(outcome).toMatchObject({ code: 'ECONNRESET' });
    expect(await server.requests[0]!.closed).toBe('by-server');
  });

  it('plays its scripts in order, and repeats the last one', async () => {
    const statuses = [(await post('/v1/messages', [{ status: 429, headers: { 'retry-after': '1' } }, {}])).status];
    for (let at = 0; at < 2; at += 1)
      statuses.push((await fetch(`${server.url}/v1/messages`, { method: 'POST' })).status);
    expect(statuses).toEqual([429, 200, 200]);
  });

  it('speaks a fixed dialect on any path', async () => {
    await start([{ text: ['Hi'], usage: true }], { dialect: 'openai-chat' });
    const body = await (await fetch(`${server.url}/anything`, { method: 'POST' })).text();
    expect(body).toContain('"content":"Hi"');
    expect(body).toContain('"total_tokens"');
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('tells a client that left', async () => {
    const caller = new AbortController();
    await start([{ fault: 'stall', keepAliveMs: null }]);
    const response = await fetch(`${server.url}/v1/messages`, { method: 'POST', signal: caller.signal });
    await response.body!.getReader().read();
    caller.abort();
    expect(await server.requests[0]!.closed).toBe('by-client');
  });

  it('resets the connection', async () => {
    const response = await post('/v1/chat/completions', [{ fault: 'reset' }]);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(await server.requests[0]!.closed).toBe('by-server');
  });
});
