/**
 * One thing that happened to a stream. All fields are always there; what does not apply is `null`.
 *
 * - `open`: an attempt has its stream object; `first-chunk`: and its first chunk;
 * - `stall`: a limit passed; `truncated`: an end without terminal marker;
 * - `retry`: another attempt follows, after `delayMs`; `recover`: what was delivered was dealt with, the attempt starts
 *   now;
 * - `complete`: the loop ends normally (`stopped`: the consumer left it early); `fail`: it throws `error`.
 */
export interface StreamEvent {
  /** The number of the stream in this process, from 1: listeners that serve several tell them apart by it. */
  readonly stream: number;
  readonly type: 'open' | 'first-chunk' | 'retry' | 'stall' | 'truncated' | 'recover' | 'complete' | 'fail';
  /** From 1. */
  readonly attempt: number;
  /** Chunks that had been delivered by then. */
  readonly delivered: number;
  /** Since the first request. */
  readonly elapsedMs: number;
  readonly requestId: string | null;
  readonly finishReason: string | null;
  /** With `retry`. */
  readonly delayMs: number | null;
  /** With `retry`, `stall`, `truncated`, `recover`, `fail`. */
  readonly error: unknown;
  /** With `recover`: the name of the recovery. */
  readonly recovery: string | null;
  /** With `open`, where the SDK shows its response: the headers whose name holds `ratelimit`. */
  readonly rateLimit: Readonly<Record<string, string>> | null;
  /** With `complete`: the consumer left the loop before the answer was over. */
  readonly stopped: boolean;
}

interface Runtime {
  readonly process?: {
    readonly getBuiltinModule?: (
      id: string,
    ) => { readonly channel: (name: string) => { readonly publish: (event: StreamEvent) => void } } | undefined;
  };
}

/**
 * Tells the diagnostics channel and `onEvent`, at once. What a listener throws, now or later, is its own affair: the
 * stream goes on.
 */
export async function publish(event: StreamEvent, onEvent: ((event: StreamEvent) => unknown) | null): Promise<void> {
  try {
    // Node, Bun and Deno have such channels; asked for by name at run time, for a browser's bundler must not see the
    // module.
    (globalThis as Runtime).process
      ?.getBuiltinModule?.('node:diagnostics_channel')
      ?.channel('resilient-stream')
      .publish(event);
    await onEvent?.(event);
  } catch {
    // See above.
  }
}
