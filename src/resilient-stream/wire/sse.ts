import { parseRest, readBody, type Body, type BodyChunks, type LineParser } from './body.ts';

/** A chunk of JSON. One that is called `error` is made to look like one: its name is not part of the chunk. */
function parseChunk<Chunk>(data: string, event: string, parse: (text: string) => Chunk): Chunk {
  if (event !== 'error') return parse(data);
  let error: unknown = data;
  try {
    error = JSON.parse(data);
  } catch {
    // A bare sentence.
  }
  const { type, error: nested } = Object(error) as { type?: unknown; error?: unknown };
  return (type === 'error' || nested ? error : { type: 'error', error }) as Chunk;
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function createParser<Chunk>(): LineParser<Chunk> {
  let data: string | null = null;
  let event = '';

  function dispatch(chunks: Chunk[], parse: (text: string) => Chunk): boolean {
    const [text, name] = [data?.trim(), event];
    data = null;
    event = '';
    if (text && text !== '[DONE]') chunks.push(parseChunk(text, name, parse));
    return text === '[DONE]';
  }

  function take(line: string, chunks: Chunk[]): boolean {
    if (line === '') return dispatch(chunks, JSON.parse);
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') data = data === null ? value : `${data}\n${value}`;
    else if (field === 'event') event = value;
    // A colon in front makes a comment; `id`, `retry` and whatever else there may be say nothing about the answer.
    return false;
  }

  return {
    take,
    end(rest, chunks) {
      const begun = rest.startsWith(':') ? '' : rest;
      if (begun) take(begun, chunks);
      if (!begun && !data && !event) return;
      // The specification drops an event that no blank line ends, and a part of the answer with it.
      data = data?.trim() ? data : begun || event;
      dispatch(chunks, parseRest);
    },
  };
}

/**
 * The chunks of a response in server-sent events: the JSON of each event's `data`, up to `[DONE]` or the end.
 *
 * ```ts
 * const stream = await resilientStream(async ({ signal }) => sse(await fetch(url, { method: 'POST', headers, body, signal })));
 * ```
 *
 * Iterating throws a SyntaxError where an event is no JSON or the body ends in the middle of one, whatever reading the
 * body throws, and for a response that is not ok an Error with `status`, `headers`, and the `code` and `type` of the
 * server's error.
 *
 * @throws TypeError if `body` is neither a Response nor a stream.
 */
export function sse<Chunk = unknown>(body: Body): BodyChunks<Chunk> {
  return readBody(body, createParser<Chunk>());
}
