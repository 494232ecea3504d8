import type { MigrateReport } from '../reports/json-shapes.ts';
import type { Verification } from '../reports/verification.ts';
import { escapeText, printCode, toCell } from './check-markdown.ts';
import { count } from '../terminal/columns.ts';
import { titleOf } from '../reports/migrate-counts.ts';

/** What the body of a pull request says beside the report. */
export interface MarkdownContext {
  readonly verification: Verification;
  /** Some files may hold what a person has written. */
  readonly interactive: boolean;
  /** Where a line can be read. */
  readonly linkTo: (file: string, line: number) => string;
}

/** GitHub takes 65,536 characters: so many are for the lists, and so many for each table. */
const LISTS = 45_000;
const TABLE = 6_000;

const PROOFS: Readonly<Record<Verification, string>> = {
  full: 'Each file parses; with the edits taken back, its syntax tree is the one before; a second run changes nothing; the rules that asked for the edits are silent about them; and TypeScript says nothing that it did not say before, where a `tsconfig.json` names the file.',
  fast: 'Each file parses; with the edits taken back, its syntax tree is the one before; a second run changes nothing; and the rules that asked for the edits are silent about them. TypeScript was not asked.',
  off: 'Each file parses. No other proof was asked for.',
};

/** The body of a pull request. */
export function printMigrateMarkdown(
  { files, dependencies, vendored, counts, summary }: MigrateReport,
  { verification, interactive, linkTo }: MarkdownContext,
): string {
  const changed = files.filter(({ status }) => status === 'changed');
  const left = files.flatMap(({ file, skipped }) => skipped.map((skip) => ({ file, ...skip })));
  const failed = files.flatMap(({ file, failure }) => (failure === null ? [] : [{ file, failure }]));
  const linesOf = ({ file, edits }: (typeof changed)[number]): string =>
    edits.map(({ line }) => `[${line}](${linkTo(file, line)})`).join(', ');
  const sections = [
    [`### ${summary.dryRun ? 'Would read' : 'Read'} model streams through \`resilientStream()\``],
    [
      `${summary.dryRun ? 'Would rewrite' : 'Rewrites'} ${count(summary.edits, 'place')} in ${count(summary.changed, 'file')}, leaves ${summary.skippedLoops} to a person${failed.length > 0 ? `; ${count(failed.length, 'file')} failed` : ''}.${summary.interrupted ? ' The run was stopped before its end.' : ''}`,
    ],
    table(
      ['provider', 'codemod', 'places', 'files'],
      counts.edits.map((row) => [
        escapeText(titleOf(row.provider)),
        printCode(row.codemod),
        `${row.edits}`,
        `${row.files}`,
      ]),
    ),
    table(
      ['provider', 'codemod', 'left to a person, because', 'places'],
      counts.skipped.map(({ provider, codemod, reason, loops }) => [
        escapeText(titleOf(provider)),
        printCode(codemod),
        escapeText(reason),
        `${loops}`,
      ]),
    ),
    ...printLists([
      [
        'Files',
        changed.map(
          (migrated) =>
            `${printCode(migrated.file)}: ${migrated.edits.length === 1 ? 'line' : 'lines'} ${linesOf(migrated)}`,
        ),
      ],
      [
        'Dependencies',
        dependencies.map(
          ({ file, name, range, install }) =>
            `${file === null ? 'no `package.json` found' : printCode(file)}: ${printCode(`${name} ${range}`)}; run ${printCode(install)}`,
        ),
      ],
      ['Helper', vendored ? [`${printCode(vendored.file)}: \`resilient-stream ${vendored.version}\`, copied`] : []],
      [
        'Left to a person',
        left.map(
          ({ file, line, reason }) => `[${printCode(`${file}:${line}`)}](${linkTo(file, line)}): ${escapeText(reason)}`,
        ),
      ],
      [
        'Failed, and left as they were',
        failed.map(({ file, failure }) => `${printCode(file)}: ${escapeText(failure)}`),
      ],
    ]),
    changed.length > 0
      ? [
          '#### How it was proven',
          '',
          `${PROOFS[verification]}${interactive ? ' What a person edited on the way was asked to parse, and no more.' : ''} Lines are those of the files before.`,
        ]
      : [],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const { shown, more } = fit(rows.map(printRow), TABLE);
  return [printRow(head), printRow(head.map(() => '---')), ...shown, ...(more > 0 ? ['', `… and ${more} more.`] : [])];
}

const printRow = (cells: readonly string[]): string => `| ${cells.map(toCell).join(' | ')} |`;

/** A short list leaves its room to the others. */
function printLists(lists: readonly (readonly [title: string, items: readonly string[]])[]): string[][] {
  let [room, waiting] = [LISTS, lists.length];
  const rooms = new Map<string, number>();
  for (const [title, items] of lists.toSorted(([, a], [, b]) => lengthOf(a) - lengthOf(b))) {
    const taken = Math.min(lengthOf(items), Math.floor(room / waiting--));
    rooms.set(title, taken);
    room -= taken;
  }
  return lists.map(([title, items]) => {
    const { shown, more } = fit(items, rooms.get(title)!);
    return items.length === 0
      ? []
      : [`#### ${title}`, '', ...shown.map((item) => `- ${item}`), ...(more > 0 ? [`- … and ${more} more.`] : [])];
  });
}

const lengthOf = (items: readonly string[]): number => items.reduce((length, item) => length + item.length + 3, 0);

/** As many as there is room for. */
function fit(items: readonly string[], room: number): { readonly shown: readonly string[]; readonly more: number } {
  let left = room;
  const shown = items.filter((item) => (left -= item.length + 3) >= 0);
  return { shown, more: items.length - shown.length };
}
