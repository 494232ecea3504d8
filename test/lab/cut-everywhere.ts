import { resilientStream, RetryBudget, StreamingError } from 'resilient-stream';
import { dialects } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import { feedFrom, openRecorded, stopFeeding, type Recorded } from './from-memory.ts';
import type { Cuts } from './outcome.ts';
import { findOwnProtocol } from './own-protocol.ts';
import { listFrames } from './script.ts';
import { openRaw, type EntryPoint, type Untyped } from './sdk.ts';

/** Two bytes of UTF-8, a surrogate pair, a joined pair of pairs, escapes. */
const TEXT = ['Zür', '🏔 "a"\n', '👩‍🚀 ', '.'];
const SHOWN = 3;

/**
 * The text that may have been delivered of the first `offset` bytes: of whole frames, and of one that lacks only line
 * ends. Where an error overtakes what is queued inside the SDK, of fewer frames, too.
 */
function findPrefixes(dialect: Dialect, frames: readonly Uint8Array[], offset: number, overtakes: boolean): string[] {
  let text = '';
  let at = 0;
  const fewer: string[] = [];
  for (const [index, frame] of frames.entries()) {
    const delta = TEXT[index - dialect.head.length] ?? '';
    at += frame.length;
    if (at > offset) return [...fewer, text, ...(at - offset <= 2 ? [text + delta] : [])];
    if (overtakes) fewer.push(text);
    text += delta;
  }
  return [...fewer, text];
}

/**
 * Cuts a recorded answer at every byte, or at each `step`th, by a clean end and by a reset. Each time the text is
 * whole, or an error tells the exact prefix.
 */
export async function cutEverywhere(entry: EntryPoint, modules: readonly Untyped[], step: number): Promise<Cuts> {
  const dialect: Dialect = dialects[entry.dialect];
  const frames = listFrames(dialect, { text: TEXT, usage: true, toolCall: !entry.runsTools }).map((frame) =>
    Buffer.from(frame),
  );
  const all = Buffer.concat(frames);
  const whole = TEXT.join('');
  const findText = entry.helper?.findText ?? entry.findText;
  const wrong: string[] = [];
  let count = 0;

  const print = (error: unknown): string =>
    error instanceof StreamingError ? error.code : error instanceof Error ? error.message.slice(0, 80) : 'no error';

  async function read(recorded: Recorded): Promise<{ text: string; error: unknown }> {
    const fed = feedFrom(entry, dialect, () => openRecorded(dialect, recorded));
    let text = '';
    try {
      const open = ({ signal }: { signal: AbortSignal }): Promise<Untyped> =>
        openRaw(fed, modules, 'http://127.0.0.1:9', { signal, forHelper: true });
      const options = {
        ...findOwnProtocol(entry),
        maxRetries: 0,
        retryBudget: new RetryBudget(),
        idleTimeoutMs: 2_000,
        firstChunkTimeoutMs: 2_000,
      };
      for await (const chunk of await resilientStream<unknown>(open, options)) text += findText(chunk) ?? '';
      return { text, error: null };
    } catch (error) {
      return { text, error: error ?? 'undefined' };
    }
  }

  for (let offset = 0; offset <= all.length; offset += step) {
    for (const end of ['end', 'reset'] as const) {
      count += 1;
      const { text, error } = await read({ bytes: all.subarray(0, offset), end });
      const prefixes = findPrefixes(
        dialect,
        frames,
        offset,
        entry.errorOvertakes === 'any' || (end === 'reset' && entry.errorOvertakes === 'reset'),
      );
      const isRight =
        error === null
          ? text === whole
          : prefixes.includes(text) &&
            (!(error instanceof StreamingError) ||
              (entry.helper?.findPartial?.(error.partial.text) ?? error.partial.text) === text);
      const isTold = offset < all.length || end === 'reset' || error === null;
      if (isRight && isTold) continue;
      const told = error === null ? 'ended' : `threw ${print(error)}`;
      wrong.push(
        `${end} at byte ${offset} of ${all.length}: ${told} behind ${JSON.stringify(text)}, expected ${prefixes.map((each) => JSON.stringify(each)).join(' or ')}`,
      );
    }
  }
  stopFeeding();
  const more = wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} more`] : [];
  return { count, wrong: [...wrong.slice(0, SHOWN), ...more] };
}
