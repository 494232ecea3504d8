import { isRetryable, RetryBudget, StreamingError, type StreamingErrorCode } from 'resilient-stream';
import { describe, expect, it } from 'vitest';

const made = (properties: object, message = 'x'): Error => Object.assign(new Error(message), properties);
const streaming = (code: StreamingErrorCode, cause?: unknown): StreamingError =>
  new StreamingError(code, 'x', {
    partial: { text: '', chunks: 0, finishReason: null, toolCallOpen: false },
    attempts: 1,
    requestId: null,
    cause,
  });

class APIUserAbortError extends Error {}
class APIConnectionTimeoutError extends Error {
  override readonly message = 'Request timed out.';
}

describe('isRetryable', () => {
  it.each<[string, unknown]>([
    ['a reset, as a cause', new TypeError('terminated', { cause: made({ code: 'ECONNRESET' }) })],
    [
      'a refused connection, two causes down',
      new Error('Connection error.', { cause: new TypeError('x', { cause: made({ code: 'ECONNREFUSED' }) }) }),
    ],
    ["undici's body timeout", made({ code: 'UND_ERR_BODY_TIMEOUT' })],
    ["Chromium's words", new TypeError('Failed to fetch')],
    ["WebKit's words", new TypeError('Load failed')],
    ["Gecko's words", new TypeError('NetworkError when attempting to fetch resource.')],
    [
      'a timeout of an SDK, which names an abort as its cause',
      new APIConnectionTimeoutError('', { cause: new DOMException('aborted', 'AbortError') }),
    ],
    ['a status in statusCode', made({ statusCode: 503 })],
    ['a status of the AWS SDK', made({ $metadata: { httpStatusCode: 500 } })],
    ['an in-band overload', made({ status: undefined, type: 'overloaded_error' })],
    [
      'an in-band overload, nested as Anthropic 0.x does',
      made({ status: undefined, error: { type: 'error', error: { type: 'overloaded_error' } } }),
    ],
    ['an in-band server_error by its code', made({ status: undefined, type: 'error', code: 'server_error' })],
    ['an in-band rate limit', made({ code: 'rate_limit_exceeded' })],
    ['a cut JSON line', new SyntaxError('Unexpected end of JSON input')],
    ['a 400 the server wants retried', made({ status: 400, headers: new Headers({ 'x-should-retry': 'true' }) })],
    ['a status in the response (Replicate)', made({ response: new Response(null, { status: 529 }) })],
    ['a status in httpResponse (Hugging Face)', made({ httpResponse: { status: 503 } })],
    [
      'an error in the body of a good response, without a word for it (Hugging Face)',
      made({ httpResponse: { status: 200 } }, 'an occurred while streaming the response: boom'),
    ],
    [
      'an error in the body of a good response, by its status (Mistral)',
      made({ statusCode: 200 }, 'Unexpected Status or Content-Type: Status 200.'),
    ],
    [
      "an exception of AWS in the stream, as the type of Anthropic's error",
      made({ status: undefined, type: 'modelStreamErrorException' }),
    ],
    [
      "a turn of Anthropic's tool runner that ended early",
      new Error('stream ended without producing a Message with role=assistant'),
    ],
    ['a run of an assistant that ended early', new Error('Final run has not been received')],
    ...['ModelStreamError', 'ModelTimeout', 'Throttling', 'ServiceUnavailable', 'InternalServer'].map(
      (name): [string, unknown] => [
        `an exception of AWS in the stream, ${name}`,
        made({ name: `${name}Exception`, $fault: 'server', $metadata: {} }),
      ],
    ),
    [
      'a response that failed, told by the Agents SDK',
      made({}, 'OpenAI Responses request ended with unsuccessful terminal state "response.failed".'),
    ],
    [
      'an error part of the AI SDK, by its type',
      made({ name: 'AI_StreamProviderError', type: 'overloaded_error', statusCode: undefined }, 'Overloaded'),
    ],
    [
      "a body that Google's SDK took for a stream",
      new TypeError('asyncIterable[Symbol.asyncIterator] is not a function'),
    ],
    ['truncation', streaming('truncated')],
    ['our open timeout', streaming('open-timeout')],
    ['an interruption with a transient cause', streaming('interrupted', made({ code: 'server_error' }))],
  ])('%s: yes', (_, error) => {
    expect(isRetryable(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['an abort', new DOMException('The operation was aborted', 'AbortError')],
    ['an abort of an SDK', new APIUserAbortError('Request was aborted.')],
    ['a bad request', made({ status: 400 })],
    ['an empty account', made({ status: 429, code: 'insufficient_quota' })],
    ['a 500 the server does not want retried', made({ status: 500, headers: { 'x-should-retry': 'false' } })],
    ['a content filter', made({ code: 'content_filter' })],
    ['a 404 in httpResponse', made({ httpResponse: { status: 404 } })],
    ['a 422 in the response', made({ response: new Response(null, { status: 422 }) })],
    ['an error in the body of a good response, with a word for it', made({ status: 200, code: 'invalid_prompt' })],
    [
      'an exception of AWS for a request that is wrong',
      made({ name: 'ValidationException', $fault: 'client', $metadata: {} }),
    ],
    [
      'a response that is incomplete, told by the Agents SDK',
      made({}, 'OpenAI Responses request ended with unsuccessful terminal state "response.incomplete".'),
    ],
    ["something of the caller's that is not iterable", new TypeError('answer is not async iterable')],
    ["a validation of the caller's", made({ name: 'ZodError' }, '[{"path": ["prompt"], "message": "Required"}]')],
    ['a bug', new TypeError('Cannot read properties of undefined')],
    ['the total limit', streaming('total-timeout')],
    ['an interruption with a permanent cause', streaming('interrupted', made({ code: 'invalid_prompt' }))],
    ['a string', 'terminated'],
    ['undefined', undefined],
    ['an object without a prototype', Object.create(null)],
  ])('%s: no', (_, error) => {
    expect(isRetryable(error)).toBe(false);
  });

  it('comes to an end with a cause that names itself', () => {
    const error = made({});
    error.cause = error;
    expect(isRetryable(error)).toBe(false);
  });
});

describe('RetryBudget', () => {
  it('takes all or nothing, and never holds more than its capacity', () => {
    const budget = new RetryBudget(10);
    expect(budget.spend(6)).toBe(true);
    expect(budget.spend(6)).toBe(false);
    expect(budget.remaining).toBe(4);
    budget.refund(100);
    expect(budget.remaining).toBe(10);
  });

  it('holds 500 by default, and refuses a capacity that is none', () => {
    expect(new RetryBudget().capacity).toBe(500);
    expect(() => new RetryBudget(NaN)).toThrow('expected a capacity of 0 or more, got NaN');
  });
});
