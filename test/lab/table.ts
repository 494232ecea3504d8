import { cases, type Case } from './cases.ts';
import type { Measurement, Outcome, Row, Thrown } from './outcome.ts';
import { findCase, findWrongs } from './verdict.ts';

const printError = ({ type, code, status, cause }: Thrown): string => [type, status, code ?? cause].filter((word) => word !== null).join(' ');

function printRaw({ end, text, error, connection, unhandled }: Outcome, { id, duty, arrives, consumer }: Case): string {
  const more = unhandled.length > 0 ? ', **unhandled rejection**' : '';
  if (duty === 'left') return (connection === 'closed' ? 'closed' : '**leak**') + more;
  if (end === 'hung') return `**hung**${more}`;
  if (end === 'threw') return (error!.own ? 'throws the reason' : `throws ${printError(error!)}`) + more;
  if (duty === 'whole' || (id === 'malformed' && text !== arrives) || (duty === 'told' && consumer === 'reads' && id !== 'no-marker' && text !== arrives)) return `ok${more}`;
  return `**silent**${text === '' ? ', no text' : ''}${more}`;
}

function printHelper(row: Row): string {
  const wrong = findWrongs(row);
  if (wrong.length > 0) return `✗ **${wrong[0]}**${wrong.length > 1 ? ', …' : ''}`;
  const { helper: { end, error, requests } } = row;
  if (findCase(row.case).duty === 'left') return 'closed';
  if (end === 'threw') return error!.own ? 'the reason' : error!.type === 'StreamingError' ? error!.code! : `throws ${printError(error!)}`;
  return requests > 1 ? 'ok, retried' : 'ok';
}

// A bar in a cell would end it.
const printRow = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
const printTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [printRow(head), `|${'---|'.repeat(head.length)}`, ...rows.map(printRow)].join('\n');

function printSdk(measurements: readonly Measurement[]): string {
  const [{ title, versions }] = measurements as [Measurement];
  const shown = cases.filter(({ id }) => measurements.some(({ rows }) => rows.some((row) => row.case === id)));
  const rows = shown.map((each) => [each.title, ...measurements.flatMap(({ rows: all }) => {
    const row = all.find((one) => one.case === each.id);
    return row ? [printRaw(row.raw, each), printHelper(row)] : ['–', '–'];
  })]);
  const limits = measurements.flatMap(({ entry, limits: each }) => each.map(({ option, bounds }) => `\`${option}\` of ${entry}: ${bounds}.`));
  const bounded = limits.length > 0 ? `\n\nWhat its limits bound: ${limits.join(' ')}` : '';
  return `### ${title}\n\n${versions.join(', ')}\n\n${printTable(['', ...measurements.flatMap(({ entry }) => [`${entry}, raw`, 'helper'])], rows)}${bounded}`;
}

/** Of all entry points, how many do what with a fault. */
function printSummary(measurements: readonly Measurement[]): string {
  const rows = cases.map((each) => {
    const all = measurements.flatMap(({ rows: some }) => some.filter((row) => row.case === each.id));
    const raw = all.map((row) => printRaw(row.raw, each));
    const count = (word: string): string => String(raw.filter((cell) => cell.includes(word)).length);
    const kept = all.filter((row) => findWrongs(row).length === 0).length;
    return [each.title, String(all.length), count('silent'), count('hung'), count('leak'), count('throws'), `${kept} of ${all.length}`];
  });
  return printTable(['', 'entry points', 'raw: silent', 'hung', 'leak', 'throws', 'the helper keeps its promise'], rows);
}

/** The matrix of one generation, in Markdown. Says nothing that changes from run to run. */
export function printMatrix(measurements: readonly Measurement[]): string {
  const sdks = [...new Set(measurements.map(({ sdk }) => sdk))];
  return [printSummary(measurements), ...sdks.map((sdk) => printSdk(measurements.filter((each) => each.sdk === sdk)))].join('\n\n');
}
