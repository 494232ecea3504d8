import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { resilientStream, type ResilientStreamOptions } from 'resilient-stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recordSpans } from '../../../src/resilient-stream/otel.ts';
import { chunk, finish, httpError, readAll, scripted, swift, type ChatChunk } from './scripted.ts';

interface Recorded {
  readonly name: string;
  readonly attributes: Attributes;
  readonly events: { name: string; attributes: Attributes }[];
  startTime: number;
  status: unknown;
  exception: unknown;
  ended: number;
}

/** A tracer that writes down what it is told. */
function record(): { tracer: Tracer; spans: Recorded[] } {
  const spans: Recorded[] = [];
  const startSpan = (name: string, { attributes, startTime }: { attributes: Attributes; startTime: number }): Span => {
    const recorded: Recorded = {
      name,
      attributes: { ...attributes },
      events: [],
      startTime,
      status: null,
      exception: null,
      ended: 0,
    };
    spans.push(recorded);
    const span = {
      setAttribute: (key: string, value: string) => {
        recorded.attributes[key] = value;
        return span;
      },
      setAttributes: (more: Attributes) => {
        Object.assign(recorded.attributes, more);
        return span;
      },
      addEvent: (event: string, attributes2: Attributes) => {
        recorded.events.push({ name: event, attributes: attributes2 });
        return span;
      },
      recordException: (error: unknown) => {
        recorded.exception = error;
      },
      setStatus: (status: unknown) => {
        recorded.status = status;
        return span;
      },
      end: () => {
        recorded.ended += 1;
      },
    };
    return span as unknown as Span;
  };
  return { tracer: { startSpan } as unknown as Tracer, spans };
}

const open = ({ attempt }: { attempt: number }): AsyncIterable<ChatChunk> => {
  if (attempt === 1) throw httpError(503);
  return scripted<ChatChunk>(chunk('Hello'), finish('length'));
};

const START = 1_700_000_000_000;
beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

async function read(options: ResilientStreamOptions<ChatChunk>, make = open): Promise<void> {
  const { over } = readAll(resilientStream(make, swift(options)));
  await vi.advanceTimersByTimeAsync(1_000);
  await over;
}

it('records one span per stream, with one event per attempt, in the words of the GenAI conventions', async () => {
  const { tracer, spans } = record();
  await read({ onEvent: recordSpans({ tracer, provider: 'openai', model: 'gpt-5', attributes: { team: 'x' } }) });
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({
    name: 'chat gpt-5',
    ended: 1,
    status: null,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      team: 'x',
      'gen_ai.response.finish_reasons': ['length'],
      'resilient_stream.attempts': 2,
      'resilient_stream.delivered': 2,
      'resilient_stream.stopped': false,
    },
    events: [
      {
        name: 'resilient_stream.attempt',
        attributes: { 'resilient_stream.attempt': 1, 'resilient_stream.outcome': 'retry', 'error.type': '503' },
      },
      {
        name: 'resilient_stream.attempt',
        attributes: { 'resilient_stream.attempt': 2, 'resilient_stream.outcome': 'complete' },
      },
    ],
  });
  expect(spans[0]!.startTime).toBe(START);
});

it('ends the span of a stream that fails with its error', async () => {
  const { tracer, spans } = record();
  await read({ onEvent: recordSpans({ tracer }), maxRetries: 0 }, () => scripted<ChatChunk>(chunk('Hello')));
  expect(spans[0]).toMatchObject({
    name: 'chat',
    ended: 1,
    status: { code: 2 },
    exception: { code: 'truncated' },
    attributes: { 'error.type': 'truncated' },
  });
});

it('tells streams apart that share a listener, also one on the diagnostics channel', async () => {
  const { subscribe, unsubscribe } = await import('node:diagnostics_channel');
  const { tracer, spans } = record();
  const listen = recordSpans({ tracer }) as (event: unknown) => void;
  subscribe('resilient-stream', listen);
  await Promise.all([read({}), read({}), read({})]);
  unsubscribe('resilient-stream', listen);
  expect(spans.map(({ ended, events }) => [ended, events.length])).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});
