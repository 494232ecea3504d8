import { isDeepStrictEqual } from 'node:util';
import { cases, type Case } from './cases.ts';
import type { Measurement, Outcome, Row, Thrown } from './outcome.ts';
import { findCase, findWrongs } from './verdict.ts';

const printError = ({ type, code, status, cause }: Thrown): string =>
  [type, status, code ?? cause].filter((word) => word !== null).join(' ');

function printRaw({ end, text, error, connection, unhandled }: Outcome, { id, duty, arrives, consumer }: Case): string {
  const more = unhandled.length > 0 ? ', **unhandled rejection**' : '';
  if (duty === 'left') return (connection === 'closed' ? 'closed' : '**leak**') + more;
  if (end === 'hung') return `**hung**${more}`;
  if (end === 'threw') return (error!.own ? 'throws the reason' : `throws ${printError(error!)}`) + more;
  if (
    duty === 'whole' ||
    (id === 'malformed' && text !== arrives) ||
    (duty === 'told' && consumer === 'reads' && id !== 'no-marker' && text !== arrives)
  )
    return `ok${more}`;
  return `**silent**${text === '' ? ', no text' : ''}${more}`;
}

function printHelper(row: Row): string {
  const wrong = findWrongs(row);
  if (wrong.length > 0) return `✗ **${wrong[0]}**${wrong.length > 1 ? ', …' : ''}`;
  const {
    helper: { end, error, requests },
  } = row;
  if (findCase(row.case).duty === 'left') return 'closed';
  if (end === 'threw')
    return error!.own ? 'the reason' : error!.type === 'StreamingError' ? error!.code! : `throws ${printError(error!)}`;
  return requests > 1 ? 'ok, retried' : 'ok';
}

// A bar in a cell would end it.
const printRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
const printTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [printRow(head), `|${'---|'.repeat(head.length)}`, ...rows.map(printRow)].join('\n');

/** A column each for the raw loop and the helper, as long as the cases are. */
const printColumns = ({ rows }: Measurement): readonly (readonly string[])[] =>
  cases.map((each) => {
    const row = rows.find((one) => one.case === each.id);
    return row ? [printRaw(row.raw, each), printHelper(row)] : ['–', '–'];
  });

/** One SDK. Entry points that do the same in everything share their columns. */
export function printSdk(measurements: readonly Measurement[]): string {
  const [{ title, versions }] = measurements as [Measurement];
  const columns: { names: string; cells: readonly (readonly string[])[] }[] = [];
  for (const measurement of measurements) {
    const cells = printColumns(measurement);
    const same = columns.find((column) => isDeepStrictEqual(column.cells, cells));
    if (same) same.names += `; ${measurement.entry}`;
    else columns.push({ names: measurement.entry, cells });
  }
  const shown = [...cases.keys()].filter((at) => columns.some(({ cells }) => cells[at]![0] !== '–'));
  const rows = shown.map((at) => [cases[at]!.title, ...columns.flatMap(({ cells }) => cells[at]!)]);
  const limits = measurements.flatMap(({ entry, limits: each }) =>
    each.map(({ option, bounds }) => `\`${option}\` of ${entry}: ${bounds}.`),
  );
  const bounded = limits.length > 0 ? `\n\nWhat its limits bound: ${limits.join(' ')}` : '';
  return `### ${title}

${versions.join(', ')}

${printTable(['', ...columns.flatMap(({ names }) => [`${names}: raw`, 'helper'])], rows)}${bounded}`;
}

/** Of all entry points, how many do what with a fault. */
function printSummary(measurements: readonly Measurement[]): string {
  const rows = cases.map((each) => {
    const all = measurements.flatMap(({ rows: some }) => some.filter((row) => row.case === each.id));
    const raw = all.map((row) => printRaw(row.raw, each));
    const count = (word: string): string => String(raw.filter((cell) => cell.includes(word)).length);
    const kept = all.filter((row) => findWrongs(row).length === 0).length;
    return [
      each.title,
      String(all.length),
      count('silent'),
      count('hung'),
      count('leak'),
      count('throws'),
      `${kept} of ${all.length}`,
    ];
  });
  return printTable(
    ['', 'entry points', 'raw: silent', 'hung', 'leak', 'throws', 'the helper keeps its promise'],
    rows,
  );
}

/** The matrix of one generation, in Markdown. Says nothing that changes from run to run. */
export function printMatrix(measurements: readonly Measurement[]): string {
  const sdks = [...new Set(measurements.map(({ sdk }) => sdk))];
  return [
    printSummary(measurements),
    ...sdks.map((sdk) => printSdk(measurements.filter((each) => each.sdk === sdk))),
  ].join('\n\n');
}
