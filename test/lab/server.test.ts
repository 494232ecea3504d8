import { afterEach, describe, expect, it } from 'vitest';
import { dialects, type DialectName } from './dialects.ts';
import { startFaultServer, type FaultServer, type Script } from './server.ts';

let server: FaultServer;
afterEach(() => server.close());

async function post(path: string, plan: readonly Script[]): Promise<Response> {
  server = await startFaultServer({ plan });
  return fetch(`${server.url}${path}`, { method: 'POST', body: '{"model":"m"}' });
}

describe('the fault server', () => {
  it.each(Object.keys(dialects) as DialectName[])('writes a whole answer in %s, by the path of the request', async (name) => {
    const response = await post(`/v1${dialects[name].path}`, [{}]);
    const body = await response.text();
    expect(body).toContain('"Hel"');
    expect(body).toContain('"bar."');
    expect(body.endsWith('\n\n')).toBe(true);
    expect(await server.requests[0]!.closed).toBe('by-server');
    expect(server.requests[0]).toMatchObject({ path: `/v1${dialects[name].path}`, body: { model: 'm' } });
  });

  it('plays its scripts in order, and repeats the last one', async () => {
    const statuses = [(await post('/v1/messages', [{ status: 429, headers: { 'retry-after': '1' } }, {}])).status];
    for (let at = 0; at < 2; at += 1) statuses.push((await fetch(`${server.url}/v1/messages`, { method: 'POST' })).status);
    expect(statuses).toEqual([429, 200, 200]);
  });

  it('speaks a fixed dialect on any path', async () => {
    server = await startFaultServer({ plan: [{ text: ['Hi'], usage: true }], dialect: 'openai-chat' });
    const body = await (await fetch(`${server.url}/anything`, { method: 'POST' })).text();
    expect(body).toContain('"content":"Hi"');
    expect(body).toContain('"total_tokens"');
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('tells a client that left', async () => {
    const caller = new AbortController();
    server = await startFaultServer({ plan: [{ fault: 'stall', keepAliveMs: 5 }] });
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
