import { cases, findWhole, type Case } from './cases.ts';
import type { Outcome, Row } from './outcome.ts';

export const findCase = (id: string): Case => cases.find((each) => each.id === id)!;

/** What every outcome of the helper owes, whatever the fault. */
function findTraces(outcome: Outcome): string[] {
  const wrong: string[] = [];
  if (outcome.end === 'hung') wrong.push('hangs');
  if (outcome.unhandled.length > 0) wrong.push(`unhandled rejection of ${outcome.unhandled.join(', ')}`);
  if (outcome.listeners > 0) wrong.push(`${outcome.listeners} listeners left on the signal`);
  if (outcome.timers > 0) wrong.push(`${outcome.timers} timers left`);
  if (outcome.connection === 'open') wrong.push('the connection stays open');
  return wrong;
}

function findWrongText({ text, end }: Outcome, { id, arrives }: Case): string[] {
  const all = findWhole(id);
  if (!all.startsWith(text)) return [`the text is '${text}'`];
  if (end === 'ended' && text !== all) return ['ends silently'];
  if (end === 'threw' && arrives !== null && text !== arrives) return [`the text is '${text}', of '${arrives}'`];
  return [];
}

function findBrokenDuty(helper: Outcome, raw: Outcome, { id, duty }: Case): string[] {
  const { end, error, requests } = helper;
  const isWhole = end === 'ended' && helper.text === findWhole(id);
  const told = error ? `throws ${error.type} (${error.code ?? error.message.slice(0, 80)})` : end;
  switch (duty) {
    case 'whole':
      // Where the SDK keeps the marker back until the connection closes, a limit is the best there is.
      if (id === 'hold-open' && raw.end === 'hung' && error?.code === 'idle-timeout') return [];
      return isWhole && requests === 1 ? [] : [`${told}, ${requests} requests`];
    case 'retried':
      return isWhole && requests === 2 ? [] : [`is not retried: ${told}, ${requests} requests`];
    case 'told': {
      if (requests !== 1) return [`${requests} requests`];
      if (error?.partialText !== undefined && error?.partialText !== null && error.partialText !== helper.text)
        return [`error.partial.text is '${error.partialText}', delivered was '${helper.text}'`];
      // Some SDKs drop a line that they cannot read; there was no text in it.
      return end === 'threw' || (id === 'malformed' && isWhole) ? [] : [told];
    }
    case 'refused':
      if (end !== 'threw' || requests !== 2) return [`${told}, ${requests} requests`];
      return raw.error && raw.error.type !== error?.type
        ? [`throws ${error?.type}, where the SDK throws ${raw.error.type}`]
        : [];
    case 'left':
      return (end === 'ended') === (id === 'break') && (id === 'break' || error?.own) ? [] : [told];
    case 'reason':
      return error?.own ? [] : [`not the caller's reason: ${told}`];
  }
}

/** Where the helper does not do what it owes; empty: it does. */
export function findWrongs({ case: id, raw, helper, restarted }: Row): string[] {
  const each = findCase(id);
  const text = each.duty === 'left' ? [] : findWrongText(helper, each);
  const wrong = [
    ...findTraces(helper),
    ...text,
    ...(text.length === 0 && helper.end !== 'hung' ? findBrokenDuty(helper, raw, each) : []),
  ];
  if (restarted) {
    const isWhole = restarted.end === 'ended' && restarted.text === findWhole(id);
    const { error } = restarted;
    if (!isWhole)
      wrong.push(
        `with restart: ${error ? `throws ${error.type} (${error.code ?? error.message.slice(0, 80)})` : restarted.end} behind '${restarted.text}', ${restarted.requests} requests`,
      );
    wrong.push(
      ...findTraces(restarted)
        .filter((trace) => trace !== 'hangs')
        .map((trace) => `with restart: ${trace}`),
    );
  }
  return wrong;
}
