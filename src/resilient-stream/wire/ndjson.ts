import { parseRest, readBody, type Body, type BodyChunks } from './body.ts';

/**
 * The chunks of a response in lines of JSON, as Ollama sends them.
 *
 * ```ts
 * const stream = await resilientStream(async ({ signal }) => ndjson(await fetch(url, { method: 'POST', body, signal })));
 * ```
 *
 * Iterating throws a SyntaxError where a line is no JSON or the body ends in the middle of one, whatever reading the
 * body throws, and for a response that is not ok an Error with `status`, `headers`, and the `code` and `type` of the
 * server's error.
 *
 * @throws TypeError if `body` is neither a Response nor a stream.
 */
export function ndjson<Chunk = unknown>(body: Body): BodyChunks<Chunk> {
  return readBody<Chunk>(body, {
    take(line, chunks) {
      if (line.trim() !== '') chunks.push(JSON.parse(line) as Chunk);
      return false;
    },
    end(rest, chunks) {
      if (rest.trim() !== '') chunks.push(parseRest(rest));
    },
  });
}
