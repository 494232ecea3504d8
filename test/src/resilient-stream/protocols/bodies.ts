import type { Body, BodyChunks } from 'resilient-stream';

const encoder = new TextEncoder();

/** A body that counts what is done to it. */
export interface CountedBody extends ReadableStream<Uint8Array> {
  cancelled: number;
  pulled: number;
}

/** `'open'`: behind its pieces the body stays open. An error: it breaks. */
export function streamOf(
  pieces: readonly (string | Uint8Array)[],
  end: 'close' | 'open' | Error = 'close',
): CountedBody {
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        counted.pulled += 1;
        const piece = pieces[at];
        at += 1;
        if (piece !== undefined) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
        else if (end === 'close') controller.close();
        else if (end !== 'open') controller.error(end);
        else return new Promise(() => {});
      },
      cancel() {
        counted.cancelled += 1;
      },
    },
    { highWaterMark: 0 },
  ) as CountedBody;
  const counted = Object.assign(body, { cancelled: 0, pulled: 0 });
  return counted;
}

/** Cuts `bytes` at each of the positions. */
export function split(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const cuts = [0, ...[...new Set(positions.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, at) => bytes.subarray(cuts[at], end));
}

export interface ReadBody {
  readonly chunks: unknown[];
  readonly error: unknown;
}

export async function readChunks(open: (body: Body) => BodyChunks<unknown>, body: Body): Promise<ReadBody> {
  const chunks: unknown[] = [];
  try {
    for await (const chunk of open(body)) chunks.push(chunk);
    return { chunks, error: null };
  } catch (error) {
    return { chunks, error };
  }
}
