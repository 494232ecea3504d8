import { context, SpanKind, SpanStatusCode, trace, type Attributes, type Span, type Tracer } from '@opentelemetry/api';
import type { StreamEvent } from './loop/stream-event.ts';

/** What only the caller knows; the names are those of the GenAI semantic conventions. */
export interface SpanOptions {
  /** `gen_ai.operation.name`. @default 'chat' */
  readonly operation?: string | undefined;
  /** `gen_ai.provider.name`, e.g. `openai`, `anthropic`, `gcp.gemini`. */
  readonly provider?: string | undefined;
  /** `gen_ai.request.model`. */
  readonly model?: string | undefined;
  /** Added to each span. */
  readonly attributes?: Attributes | undefined;
  /** @default the tracer `resilient-stream` of the global provider */
  readonly tracer?: Tracer | undefined;
}

/** As `error.type` wants it: few values, and the same ones each time. */
function findErrorType(error: unknown): string {
  const { code, status, type, name } = Object(error) as {
    code?: unknown;
    status?: unknown;
    type?: unknown;
    name?: unknown;
  };
  return String(
    [code, status, type, name].find((word) => typeof word === 'string' || typeof word === 'number') ?? '_OTHER',
  );
}

function findAttributes({ operation = 'chat', provider, model, attributes }: SpanOptions): Attributes {
  return {
    'gen_ai.operation.name': operation,
    ...(provider !== undefined && { 'gen_ai.provider.name': provider }),
    ...(model !== undefined && { 'gen_ai.request.model': model }),
    ...attributes,
  };
}

/** The event that an attempt leaves in the span, when it is over. */
function addAttempt(span: Span, { type, attempt, delivered, requestId, delayMs, error }: StreamEvent): void {
  span.addEvent('resilient_stream.attempt', {
    'resilient_stream.attempt': attempt,
    'resilient_stream.outcome': type,
    'resilient_stream.delivered': delivered,
    ...(requestId !== null && { 'resilient_stream.request_id': requestId }),
    ...(delayMs !== null && { 'resilient_stream.delay_ms': delayMs }),
    ...((type === 'retry' || type === 'fail') && { 'error.type': findErrorType(error) }),
  });
}

function end(span: Span, { type, attempt, delivered, finishReason, error, stopped }: StreamEvent): void {
  span.setAttributes({
    ...(finishReason !== null && { 'gen_ai.response.finish_reasons': [finishReason] }),
    'resilient_stream.attempts': attempt,
    'resilient_stream.delivered': delivered,
    'resilient_stream.stopped': stopped,
  });
  if (type === 'fail') {
    span.setAttribute('error.type', findErrorType(error));
    if (error instanceof Error) span.recordException(error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
  }
  span.end();
}

/**
 * A listener that records one span per stream, from its first request to its end, with one event per attempt. It may
 * serve any number of streams, and listen on the diagnostics channel instead:
 *
 * ```ts
 * resilientStream(open, { onEvent: recordSpans({ provider: 'openai', model }) });
 * diagnostics_channel.subscribe('resilient-stream', recordSpans());
 * ```
 *
 * The span is a child of what was active when the stream's first attempt was answered.
 */
export function recordSpans(options: SpanOptions = {}): (event: StreamEvent) => void {
  const tracer = options.tracer ?? trace.getTracer('resilient-stream');
  const attributes = findAttributes(options);
  const name = [attributes['gen_ai.operation.name'], options.model].filter(Boolean).join(' ');
  const spans = new Map<number, Span>();
  return (event) => {
    const { stream, type, elapsedMs, rateLimit } = event;
    let span = spans.get(stream);
    if (!span) {
      span = tracer.startSpan(
        name,
        { kind: SpanKind.CLIENT, attributes, startTime: Date.now() - elapsedMs },
        context.active(),
      );
      spans.set(stream, span);
    }
    if (type === 'first-chunk') span.setAttribute('gen_ai.response.time_to_first_chunk', elapsedMs / 1_000);
    if (rateLimit)
      span.setAttributes(
        Object.fromEntries(
          Object.entries(rateLimit).map(([header, value]) => [`http.response.header.${header}`, value]),
        ),
      );
    if (type === 'recover')
      span.addEvent('resilient_stream.recover', { 'resilient_stream.recovery': event.recovery ?? '' });
    if (type === 'retry' || type === 'complete' || type === 'fail') addAttempt(span, event);
    if (type !== 'complete' && type !== 'fail') return;
    spans.delete(stream);
    end(span, event);
  };
}
