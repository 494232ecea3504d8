import type { Dialect } from './dialects/dialect.ts';
import { WHOLE_TEXT, type Script } from './script.ts';

/** What the loop's body does. `busy`: it is at work on the first text while the rest happens. */
export type Consumer = 'reads' | 'breaks' | 'throws' | 'aborts' | 'busy' | 'busy-aborts';

/**
 * What the helper owes.
 * - `whole`: all of the text, by one request; `retried`: by two, for nothing had been delivered;
 * - `told`: an error, behind exactly the text that came, and no second request; the whole text if it is given
 *   `restart`;
 * - `refused`: the SDK's own error; `left`: the connection is closed; `reason`: the caller's own reason, and the
 *   connection is closed.
 */
export type Duty = 'whole' | 'retried' | 'told' | 'refused' | 'left' | 'reason';

export interface Case {
  readonly id: string;
  /** A row of the table. */
  readonly title: string;
  readonly plan: readonly Script[];
  readonly consumer: Consumer;
  readonly duty: Duty;
  /** The text that arrives before the fault; `null`: a part of it, as the consumer is busy. */
  readonly arrives: string | null;
  /** Whether a wire format can have this fault. @default all */
  readonly suits?: (dialect: Dialect) => boolean;
}

export const WHOLE = WHOLE_TEXT.join('');
const CUT = WHOLE_TEXT.slice(0, 3).join('');
/** Two, three and four bytes of UTF-8, and a character of two code points. */
const UNICODE_TEXT = ['Zürich ', '— 10 €', ' 🏔', '👩‍🚀 ', 'naï', 've.'];

/** A model may write of the marker. */
const DONE_TEXT = ['Hel', 'lo ', 'data: [DONE]', ' bar.'];

/** The text of an answer without a fault. */
export const findWhole = (id: string): string =>
  (({ unicode: UNICODE_TEXT, 'done-in-text': DONE_TEXT })[id] ?? WHOLE_TEXT).join('');

const reads = { consumer: 'reads' } as const;
const told = { ...reads, duty: 'told', arrives: CUT } as const;
const retried = { ...reads, duty: 'retried', arrives: '' } as const;
const isText = ({ done, error }: Dialect): boolean => typeof done === 'string' && typeof error === 'string';
const hasKeepAlive = ({ keepAlive }: Dialect): boolean => keepAlive !== null;

export const cases: readonly Case[] = [
  { id: 'whole', title: 'no fault', plan: [{ usage: true }], ...reads, duty: 'whole', arrives: WHOLE },
  {
    id: 'unicode',
    title: 'no fault, split at each byte of a character',
    plan: [{ usage: true, text: UNICODE_TEXT, splits: true }],
    ...reads,
    duty: 'whole',
    arrives: UNICODE_TEXT.join(''),
  },
  {
    id: 'crlf',
    title: 'no fault, split at each byte of a CRLF',
    plan: [{ usage: true, crlf: true, splits: true }],
    ...reads,
    duty: 'whole',
    arrives: WHOLE,
    suits: isText,
  },
  {
    id: 'done-in-text',
    title: 'no fault, `[DONE]` in the text',
    plan: [{ text: DONE_TEXT }],
    ...reads,
    duty: 'whole',
    arrives: DONE_TEXT.join(''),
  },
  {
    id: 'no-done',
    title: 'whole, without the last frame',
    plan: [{ fault: 'no-done' }],
    ...reads,
    duty: 'whole',
    arrives: WHOLE,
    suits: ({ done, tail }) => done.length > 0 && tail('', '').length > 0,
  },
  {
    id: 'hold-open',
    title: 'whole, connection stays open',
    plan: [{ fault: 'hold-open' }],
    ...reads,
    duty: 'whole',
    arrives: WHOLE,
  },
  { id: 'clean-end', title: 'clean end in mid-answer', plan: [{ fault: 'end' }, {}], ...told },
  { id: 'cut-line', title: 'clean end in mid-line', plan: [{ fault: 'cut-line' }, {}], ...told },
  {
    id: 'no-marker',
    title: 'clean end, all text, no marker',
    plan: [{ fault: 'no-marker' }, {}],
    ...told,
    arrives: WHOLE,
  },
  { id: 'reset', title: 'reset', plan: [{ fault: 'reset' }, {}], ...told },
  { id: 'no-terminator', title: 'FIN without terminator', plan: [{ fault: 'no-terminator' }, {}], ...told },
  { id: 'malformed', title: 'malformed line, then the rest', plan: [{ fault: 'malformed' }, {}], ...told },
  { id: 'error', title: 'in-band error', plan: [{ fault: 'error' }, {}], ...told },
  {
    id: 'failed',
    title: '`response.failed`',
    plan: [{ fault: 'failed' }, {}],
    ...told,
    suits: ({ path }) => path === '/responses',
  },
  { id: 'stall', title: 'stall in mid-answer', plan: [{ fault: 'stall' }, {}], ...told },
  {
    id: 'keep-alive',
    title: 'keep-alives only, in mid-answer',
    plan: [{ fault: 'stall', keepAliveMs: 10 }, {}],
    ...told,
    suits: hasKeepAlive,
  },
  { id: 'stall-head', title: 'stall before the first chunk', plan: [{ fault: 'stall-head' }, {}], ...retried },
  {
    id: 'keep-alive-head',
    title: 'keep-alives only, before the first chunk',
    plan: [{ fault: 'stall-head', keepAliveMs: 10 }, {}],
    ...retried,
    suits: hasKeepAlive,
  },
  { id: 'stall-headers', title: 'stall before the headers', plan: [{ fault: 'stall-headers' }, {}], ...retried },
  { id: 'reset-headers', title: 'reset before the headers', plan: [{ fault: 'reset-headers' }, {}], ...retried },
  { id: 'empty', title: 'empty body', plan: [{ fault: 'end-early' }, {}], ...retried },
  { id: 'error-head', title: 'in-band error before the first text', plan: [{ fault: 'error-head' }, {}], ...retried },
  { id: 'error-body', title: 'error body with status 200', plan: [{ fault: 'error-body' }, {}], ...retried },
  { id: '429', title: '429, then fine', plan: [{ status: 429, headers: { 'retry-after': '0.02' } }, {}], ...retried },
  { id: '500', title: '500, then fine', plan: [{ status: 500 }, {}], ...retried },
  { id: '529', title: '529, then fine', plan: [{ status: 529 }, {}], ...retried },
  { id: '503', title: '503 for ever', plan: [{ status: 503 }], ...reads, duty: 'refused', arrives: '' },
  { id: 'break', title: '`break`', plan: [{ fault: 'stall' }], consumer: 'breaks', duty: 'left', arrives: 'Hello ' },
  {
    id: 'throw',
    title: "the loop's body throws",
    plan: [{ fault: 'stall' }],
    consumer: 'throws',
    duty: 'left',
    arrives: 'Hello ',
  },
  { id: 'abort', title: 'abort', plan: [{ fault: 'stall' }], consumer: 'aborts', duty: 'reason', arrives: CUT },
  {
    id: 'busy-reset',
    title: 'busy consumer, reset',
    plan: [{ fault: 'reset', after: 1 }, {}],
    consumer: 'busy',
    duty: 'told',
    arrives: null,
  },
  {
    id: 'busy-error',
    title: 'busy consumer, in-band error',
    plan: [{ fault: 'error', after: 1 }, {}],
    consumer: 'busy',
    duty: 'told',
    arrives: null,
  },
  {
    id: 'busy-abort',
    title: 'busy consumer, abort',
    plan: [{ fault: 'stall' }],
    consumer: 'busy-aborts',
    duty: 'reason',
    arrives: null,
  },
];
