import { allProtocols } from './protocols/all.ts';
import { createResilientStream, type ResilientStreamFunction } from './loop/resilient-stream.ts';

/**
 * Reads a language model's stream so that a cut answer can never pass for a whole one.
 *
 * ```ts
 * for await (const chunk of await resilientStream(({ signal }) =>
 *   client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }))) {
 *   process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
 * }
 * ```
 *
 * Nothing starts before it is awaited or iterated. `open` is called once per attempt, and is best given the SDK's own
 * retries switched off (`maxRetries: 0`), or the two multiply.
 *
 * The loop ends normally only behind the protocol's terminal marker. Otherwise it throws a {@link StreamingError}, or
 * the SDK's own typed error untouched, or `signal.reason` after an abort. Chunks are the SDK's own objects; each is
 * delivered at most once.
 *
 * @throws TypeError at the call, for an `open` that is no function or an option that is wrong or unknown.
 */
export const resilientStream: ResilientStreamFunction = /* @__PURE__ */ createResilientStream(allProtocols);

// What is named here goes before what comes with the star.
export * from './core.ts';
