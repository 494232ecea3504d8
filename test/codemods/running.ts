import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as helper from 'resilient-stream';

/** What a server does with a request: its answers go one after the other, the last one again and again. */
export type Answer = (response: ServerResponse) => void;

/** Pieces of a body, each in a packet of its own, and its end. */
export const send =
  (...pieces: readonly string[]): Answer =>
  (response) =>
    void sendAll(response, pieces, 'end');
/** The connection closes cleanly behind the pieces. */
export const cut = send;
export const reset =
  (...pieces: readonly string[]): Answer =>
  (response) =>
    void sendAll(response, pieces, 'destroy');
export const refuse =
  (status: number): Answer =>
  (response) =>
    void response.writeHead(status).end('{"error":{"message":"busy"}}');

async function sendAll(response: ServerResponse, pieces: readonly string[], end: 'end' | 'destroy'): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const piece of pieces) {
    response.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  response[end]();
}

export interface Outcome {
  readonly shown: readonly unknown[];
  readonly result: unknown;
  readonly error: unknown;
  readonly requests: number;
}

const AsyncFunction = (async () => {}).constructor as new (
  ...texts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** Runs the `main(url, show)` of a module against a server on this machine. */
export async function runProgram(text: string, answers: readonly Answer[]): Promise<Outcome> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    answers[Math.min(requests++, answers.length - 1)]!(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const shown: unknown[] = [];
  const body = text.replace(/^import .*$/gm, '').replace(/\bexport (?=async|function|const)/g, '');
  try {
    const main = new AsyncFunction(...Object.keys(helper), 'url', 'show', `${body}\nreturn main(url, show);`);
    const result = await main(
      ...Object.values(helper),
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`,
      (value: unknown) => shown.push(value),
    );
    return { shown, result, error: null, requests };
  } catch (error) {
    return { shown, result: undefined, error, requests };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
