import type { Colors } from '../terminal/terminal.ts';
import type { CompletionState, ListedStream, ListReport, TimeoutState } from '../reports/json-shapes.ts';
import { type Cell, count, groupByFile, printColumns, printNone } from '../terminal/columns.ts';

const HANDLED: Record<ListedStream['handled'], string> = {
  handled: 'caught',
  'to-caller': 'to the caller',
  'to-consumer': 'to the consumer',
  'to-nobody': 'reach nobody',
};

const TIMEOUT: Record<NonNullable<TimeoutState> | 'none', string> = {
  'by-helper': 'helper',
  idle: 'between chunks',
  total: 'whole answer',
  unknown: 'out of sight',
  headers: 'headers only',
  cancellation: 'caller cancels',
  nothing: 'ignored by SDK',
  none: 'none',
};

const COMPLETION: Record<CompletionState, string> = {
  'by-helper': 'helper',
  'by-sdk': 'SDK throws',
  checked: 'checked',
  unknown: 'out of sight',
  unchecked: 'unnoticed',
};

/** How the program reads the chunks, if not by `for await`. */
const FORM: Record<ListedStream['form'], string | null> = {
  'for-await': null,
  reader: 'read()',
  iterator: 'next()',
  recursion: 'recursion',
  events: 'listeners',
};

/** If the stream stalls, the loop hangs for ever. */
const isUnbounded = (timeout: TimeoutState): boolean =>
  timeout === null || timeout === 'headers' || timeout === 'nothing';

/** For people: a line for each stream, by file. */
export function printList({ streams, summary }: ListReport, colors: Colors): string {
  if (streams.length === 0) return printNone(summary);
  const header = ['line', 'stream', 'errors', 'a stall', 'a cut answer'].map((text) => ({ text, paint: colors.dim }));
  // One table for all files, so that its columns are aligned; the names of the files go between its lines.
  const [head, ...lines] = printColumns([header, ...streams.map((stream) => printStream(stream, colors))]);
  const rows = lines.values();
  const files = [...groupByFile(streams)].map(([file, group]) =>
    [colors.underline(file), ...group.map(() => rows.next().value!), ''].join('\n'),
  );
  return [head, '', ...files, printSummary(streams, summary, colors), ''].join('\n');
}

function printStream(
  { line, column, provider, api, form, evidence, handled, timeout, completion }: ListedStream,
  colors: Colors,
): Cell[] {
  const warn = (bad: boolean): { paint?: Colors['red'] } => (bad ? { paint: colors.yellow } : {});
  const notes = [evidence === 'shape' ? 'by its shape' : null, FORM[form]].filter((note) => note !== null);
  return [
    { text: `${line}:${column}`, paint: colors.dim },
    { text: `${provider} ${api}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}` },
    { text: HANDLED[handled], ...warn(handled === 'to-nobody') },
    { text: TIMEOUT[timeout ?? 'none'], ...warn(isUnbounded(timeout)) },
    { text: COMPLETION[completion], ...warn(completion === 'unchecked') },
  ];
}

function printSummary(
  streams: readonly ListedStream[],
  { files, resilient }: ListReport['summary'],
  colors: Colors,
): string {
  const tally = (is: (stream: ListedStream) => boolean): number => streams.filter(is).length;
  const unbounded = tally(({ timeout }) => isUnbounded(timeout));
  const unnoticed = tally(({ completion }) => completion === 'unchecked');
  const lost = tally(({ handled }) => handled === 'to-nobody');
  const facts = [
    `${unnoticed} would take a cut answer for a whole one`,
    `${unbounded} would wait for ever on a stall`,
    `${lost} ${lost === 1 ? 'loses its' : 'lose their'} errors`,
    `${resilient} made by resilientStream()`,
  ];
  const lines = [
    `${colors.bold(`${count(streams.length, 'stream')} in ${count(files, 'file')}`)}: ${facts.join(', ')}.`,
  ];
  if (unbounded + unnoticed + lost > 0) lines.push('Next: `resilient-stream check` says what is wrong with each.');
  return lines.join('\n');
}
