/** One entry point against each fault: what the raw loop does, as claimed, and what the helper makes of it. */
import { restart } from 'resilient-stream';
import { describe, expect, it } from 'vitest';
import { awaitText, hearFetch, hold, leap, runClock, settle, stopClock } from './clock.ts';
import type { EntryPoint } from './entry-points.ts';
import { loopRaw, loopResilient, startRaw, startResilient, type Outcome } from './loop.ts';
import { startFaultServer, type FaultServer, type Script } from '../../../lab/server.ts';

/** What a raw loop does: it ends as if all were well, it hangs, or it throws an error with this message. */
export type Claim = 'silent' | 'hangs' | RegExp;

export interface Claims {
  readonly cleanEnd: Claim;
  readonly reset: Claim;
  readonly cutLine: Claim;
  readonly malformed: Claim;
  readonly inBandError: Claim;
  readonly abort: Claim;
  /** A reset while the consumer is busy. */
  readonly resetWhileBusy: Claim;
  /** How the helper reports an in-band error: the SDK's own error by its `type`, or our code. */
  readonly helperInBandError: object;
}

const WHOLE = 'Hello world foo bar.';
const CUT = 'Hello wor';
/** Of each limit here. The SDKs have one of ten minutes for the headers. */
const LIMIT_MS = 60_000;
/** Whoever says nothing for so long hangs. Node's `fetch` itself gives up after five minutes. */
const HANGING_MS = 2 * LIMIT_MS;

/** A server that loses no time. */
export const startServer = (plan: readonly Script[]): Promise<FaultServer> =>
  startFaultServer({ plan: plan.map((script) => ({ pauseMs: null, ...script })) });

async function withServer(plan: readonly Script[], test: (server: FaultServer) => Promise<void>): Promise<void> {
  const server = await startServer(plan);
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

function expectClaim(outcome: Outcome, claim: Claim): void {
  if (claim === 'silent') expect(outcome).toMatchObject({ end: 'ended', error: null });
  else if (claim === 'hangs') expect(outcome.end).toBe('hung');
  else {
    expect(outcome.end).toBe('threw');
    expect(outcome.error?.message).toMatch(claim);
  }
}

export function describeSideBySide(entry: EntryPoint, claims: Claims): void {
  const midAnswer: readonly [string, Script, Claim, object][] = [
    ['a clean end', { fault: 'end' }, claims.cleanEnd, { code: 'truncated' }],
    ['a TCP reset', { fault: 'reset' }, claims.reset, { code: 'interrupted' }],
    ['an end without the chunked terminator', { fault: 'no-terminator' }, claims.reset, { code: 'interrupted' }],
    ['a stall', { fault: 'stall' }, 'hangs', { code: 'idle-timeout' }],
    ['a stall with keep-alives', { fault: 'stall', keepAliveMs: null }, 'hangs', { code: 'idle-timeout' }],
    ['a cut JSON line', { fault: 'cut-line' }, claims.cutLine, { code: 'truncated' }],
    ['a malformed JSON line', { fault: 'malformed' }, claims.malformed, { code: 'incomplete-chunk' }],
    ['an in-band error', { fault: 'error' }, claims.inBandError, claims.helperInBandError],
  ];

  describe(entry.name, () => {
    it('gives the whole answer, raw and through the helper', () =>
      withServer([{ usage: true }], async ({ url, requests }) => {
        expect(await loopRaw(entry, url)).toEqual({ text: WHOLE, end: 'ended', error: null });
        expect(await loopResilient(entry, url)).toEqual({ text: WHOLE, end: 'ended', error: null });
        expect(requests).toHaveLength(2);
      }));

    describe.each(midAnswer)('%s in mid-answer', (_, script, claim, error) => {
      const stalls = script.fault === 'stall';

      it('comes out raw as claimed', async () => {
        const cut = awaitText(CUT);
        await withServer([{ ...script, strikesAfter: cut.shown }], async ({ url, requests }) => {
          if (stalls) stopClock();
          const loop = startRaw(entry, url, {}, cut.note);
          if (stalls) await hold(cut.shown);
          if (stalls) await leap(HANGING_MS).then(settle);
          const outcome = stalls && !loop.isOver() ? loop.hung() : await loop.outcome;
          expectClaim(outcome, claim);
          expect(outcome.text).toBe(CUT);
          expect(requests).toHaveLength(1);
        });
      });

      it('throws a typed error with the exact text, and requests nothing again', async () => {
        const cut = awaitText(CUT);
        await withServer([{ ...script, strikesAfter: cut.shown }], async ({ url, requests }) => {
          if (stalls) stopClock();
          const loop = startResilient(entry, url, { idleTimeoutMs: LIMIT_MS }, cut.note);
          if (stalls) await hold(cut.shown).then(() => runClock(loop.isOver));
          const outcome = await loop.outcome;
          expect(outcome).toMatchObject({ end: 'threw', text: CUT, error });
          if (outcome.error?.partial) expect(outcome.error.partial.text).toBe(CUT);
          expect(requests).toHaveLength(1);
          await requests[0]!.closed;
        });
      });

      it('gives the whole answer once, with restart', async () => {
        const cut = awaitText(CUT);
        await withServer([{ ...script, strikesAfter: cut.shown }, {}], async ({ url, requests }) => {
          let text = '';
          const recover = restart(() => {
            text = '';
          });
          if (stalls) stopClock();
          const loop = startResilient(entry, url, { idleTimeoutMs: LIMIT_MS, recover }, (delta) => {
            text += delta;
            cut.note(delta);
          });
          if (stalls) await hold(cut.shown).then(() => runClock(() => requests.length === 2));
          expect(await loop.outcome).toMatchObject({ end: 'ended' });
          expect(text).toBe(WHOLE);
          expect(requests).toHaveLength(2);
        });
      });
    });

    it.each<[string, Script]>([
      ['a 429 with Retry-After', { status: 429, headers: { 'retry-after': '0.02' } }],
      ['a 500', { status: 500 }],
      ['a 529', { status: 529 }],
      ['a reset before the headers', { fault: 'reset-headers' }],
      ['a stall before the headers', { fault: 'stall-headers' }],
      ['a stall before the first chunk', { fault: 'stall-head' }],
      ['an end before the first chunk', { fault: 'end-early' }],
      ['an in-band error right behind the preamble', { fault: 'error-head' }],
    ])('retries %s unseen', (_, script) =>
      withServer([script, {}], async ({ url, requests }) => {
        stopClock();
        const headers = script.fault === 'stall-head' ? hearFetch('headers') : null;
        const loop = startResilient(entry, url, { openTimeoutMs: LIMIT_MS, firstChunkTimeoutMs: LIMIT_MS });
        while (requests.length === 0) await settle();
        if (headers) await hold(headers);
        await runClock(() => requests.length === 2);
        expect(await loop.outcome).toEqual({ text: WHOLE, end: 'ended', error: null });
        expect(requests).toHaveLength(2);
      }),
    );

    it('waits as long as Retry-After says', () =>
      withServer([{ status: 429, headers: { 'retry-after-ms': '80' } }, {}], async ({ url, requests }) => {
        stopClock();
        const delays: (number | null)[] = [];
        const loop = startResilient(entry, url, {
          onEvent: ({ type, delayMs }) => {
            if (type === 'retry') delays.push(delayMs);
          },
        });
        while (delays.length === 0) await settle();
        expect(delays).toEqual([80]);
        await leap(79).then(settle);
        expect(requests).toHaveLength(1);
        // A millisecond more, for the SDKs that start a request by a timer.
        await leap(2);
        await hold(loop.outcome);
        expect(requests).toHaveLength(2);
      }));

    it("throws the SDK's own error for a permanent 503", () =>
      withServer([{ status: 503 }], async ({ url, requests }) => {
        const raw = await loopRaw(entry, url);
        const outcome = await loopResilient(entry, url, { maxRetries: 1 });
        expect(outcome).toMatchObject({ end: 'threw', error: { status: 503 } });
        expect(outcome.error?.constructor.name).toBe(raw.error?.constructor.name);
        expect(requests).toHaveLength(3);
      }));

    it("throws the caller's reason at an abort, where the raw loop does as claimed", () =>
      withServer([{ fault: 'stall' }], async ({ url, requests }) => {
        const rawCaller = new AbortController();
        const abortAfter =
          (caller: AbortController) =>
          (text: string): void => {
            // By then the loop waits for what comes next.
            if (text === 'wor') setImmediate(() => caller.abort(new DOMException('enough', 'AbortError')));
          };
        expectClaim(await loopRaw(entry, url, { signal: rawCaller.signal }, abortAfter(rawCaller)), claims.abort);
        const caller = new AbortController();
        const outcome = await loopResilient(entry, url, { signal: caller.signal }, abortAfter(caller));
        expect(outcome).toMatchObject({ end: 'threw', text: CUT });
        expect(outcome.error).toBe(caller.signal.reason);
        expect(await requests[1]!.closed).toBe('by-client');
      }));

    it('closes the connection at a break', () =>
      withServer([{ fault: 'stall' }], async ({ url, requests }) => {
        const outcome = await loopResilient(entry, url, {}, (text, stop) => {
          if (text === 'lo ') stop();
        });
        expect(outcome).toMatchObject({ end: 'ended', text: 'Hello ' });
        expect(await requests[0]!.closed).toBe('by-client');
      }));

    it("closes the connection when the loop's body throws", () =>
      withServer([{ fault: 'stall' }], async ({ url, requests }) => {
        const bug = new Error('bug');
        const outcome = await loopResilient(entry, url, {}, (text) => {
          if (text === 'lo ') throw bug;
        });
        expect(outcome).toMatchObject({ end: 'threw', error: bug });
        expect(await requests[0]!.closed).toBe('by-client');
      }));

    it('reports a reset that comes while the consumer is busy, where the raw loop does as claimed', async () => {
      const read = async (loop: typeof loopRaw): Promise<Outcome> => {
        const begun = awaitText('Hel');
        const lost = hearFetch('error');
        let outcome: Outcome | null = null;
        await withServer([{ fault: 'reset', after: 1, strikesAfter: begun.shown }], async ({ url }) => {
          outcome = await loop(entry, url, {}, (text) => {
            begun.note(text);
            return text === 'Hel' ? lost.then(settle) : undefined;
          });
        });
        return outcome!;
      };
      expectClaim(await read(loopRaw), claims.resetWhileBusy);
      const outcome = await read(loopResilient);
      expect(outcome).toMatchObject({ end: 'threw', text: 'Hel' });
      expect(outcome.error?.code).toMatch(/^(truncated|interrupted)$/);
    });

    it('reports the whole text without a terminal marker as truncated', () =>
      withServer([{ fault: 'no-marker' }], async ({ url }) => {
        expect(await loopResilient(entry, url)).toMatchObject({
          end: 'threw',
          text: WHOLE,
          error: { code: 'truncated' },
        });
        expect(await loopResilient(entry, url, { terminal: 'optional' })).toMatchObject({
          text: WHOLE,
          end: entry.name === 'chat.completions.stream' ? 'threw' : 'ended',
        });
      }));
  });
}
