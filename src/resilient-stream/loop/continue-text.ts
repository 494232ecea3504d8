import { expectAbility, type Delivery, type Recovery } from './recovery.ts';

/** How `continueText` joins. */
export interface ContinueTextOptions {
  /**
   * What the model repeats of the delivered text is cut off if it is at least this many characters; fewer may well be
   * meant. `Infinity` for providers that go on to the very character (prefill, `prefix`).
   * @default 3
   */
  readonly minOverlap?: number;
}

/** No model repeats more before it goes on. */
const LONGEST_OVERLAP = 2_000;

const isInsidePair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && text.codePointAt(at - 1)! > 0xffff;

/** A run of one character (an indent, a rule, zeros) is no sign of repetition. */
const isRun = (text: string): boolean => text === (text[0] ?? '').repeat(text.length);

/** How much of `head` repeats the end of `tail`, in UTF-16 units; `null` while more of `head` could tell otherwise. */
export function findOverlap(tail: string, head: string, last: boolean, minOverlap: number): number | null {
  const end = tail.slice(-LONGEST_OVERLAP);
  if (!last && minOverlap < Infinity && end.includes(head)) return null;
  for (let length = Math.min(end.length, head.length); length > 0; length -= 1) {
    const overlap = head.slice(0, length);
    if (!end.endsWith(overlap) || isInsidePair(head, length) || isInsidePair(end, end.length - length)) continue;
    if ([...overlap].length >= minOverlap && !isRun(overlap)) return length;
  }
  return 0;
}

/** How much white space at the start of `head` the end of the delivered text has already. */
function countSpace(space: string, head: string): number {
  let at = 0;
  while (at < space.length && space[at] === head[at]) at += 1;
  return at;
}

/**
 * The deliveries without their first `count` characters of text. A chunk that is all repetition goes, but for the last:
 * it may be the end.
 */
function cut(
  held: readonly Delivery<unknown>[],
  count: number,
  withText: (chunk: never, text: string) => unknown,
): Delivery<unknown>[] {
  const kept: Delivery<unknown>[] = [];
  for (const delivery of held) {
    const { delta, result } = delivery;
    const repeated = Math.min(count, delta.length);
    count -= repeated;
    if (repeated === 0) kept.push(delivery);
    else if (repeated < delta.length || delivery === held.at(-1)) {
      const rest = delta.slice(repeated);
      kept.push({ delta: rest, result: { done: false, value: withText(result.value as never, rest) } });
    }
  }
  return kept;
}

/**
 * Recovers by asking the model to go on behind the text it has written: the next attempt gets `{ text }`, without the
 * white space at its end. What the model repeats of it is cut off, on code points; the chunk in which the repetition
 * ends is delivered as a copy with the rest of its text, all others are the SDK's own. Refused (the next recovery has
 * its turn) while a tool call, JSON or a thinking block is open, before any text, behind half a surrogate pair, and
 * where the protocol cannot copy its chunks. If the provider refuses the request, the next recovery has its turn.
 *
 * Not exact: it is the model that goes on, and it may take another way.
 *
 * @throws TypeError if `minOverlap` is not a number of 1 or more.
 */
export function continueText({ minOverlap = 3 }: ContinueTextOptions = {}): Recovery {
  if (!(minOverlap >= 1))
    throw new TypeError(
      `continueText: expected \`minOverlap\` to be a number of 1 or more, got ${String(minOverlap)}.`,
    );
  return {
    name: 'continue-text',
    check(options, expect) {
      expectAbility('continue-text', 'withText', options, expect);
      expect(options.collectText, '`collectText`', 'true for the recovery `continue-text`', options.collectText);
    },
    prepare({ partial, protocol, beyondText }) {
      const text = partial.text.trimEnd();
      const isJson = /^\s*(```json\s*)?[{[]/.test(text);
      // Half a surrogate pair cannot be sent, nor its other half asked for.
      const isHalf = /[\ud800-\udbff]$/.test(text);
      if (text === '' || isHalf || isJson || beyondText || partial.toolCallOpen || !protocol?.withText) return null;
      const space = partial.text.slice(text.length);
      return {
        takenBack: false,
        hints: { text },
        join(held, last) {
          const head = held.map(({ delta }) => delta).join('');
          if (head === '' && !last) return null;
          const spaces = countSpace(space, head);
          if (!last && spaces === head.length) return null;
          const overlap = findOverlap(partial.text, head, last, minOverlap);
          return overlap === null ? null : cut(held, Math.max(overlap, spaces), protocol.withText!);
        },
      };
    },
  };
}
