import type { MigratedFile, MigrateReport } from '../reports/json-shapes.ts';
import { titleOf } from '../reports/migrate-counts.ts';
import type { Verification } from '../reports/verification.ts';
import { count } from '../terminal/columns.ts';
import { escapeText, printCode, toCell } from './check-markdown.ts';
import { fitLists, type List, takeFitting } from './fit-lists.ts';

/** What the body of a pull request shows besides the report. */
export interface MarkdownContext {
  readonly verification: Verification;
  /** A person may have edited some of the files. */
  readonly interactive: boolean;
  /** The address of a line of a file. */
  readonly linkTo: (file: string, line: number) => string;
}

/** GitHub accepts 65,536 characters: these are for all lists together, and for each table. */
const LISTS = 45_000;
const TABLE = 6_000;

const FAST_PROOFS =
  'Each file parses; outside of the edits its syntax tree is the one before; inside them the code of the program is ' +
  'kept, in order, and what was added is of a form that the codemod declares; a second run changes nothing;';

const PROOFS: Readonly<Record<Verification, string>> = {
  full:
    `${FAST_PROOFS} the rules that asked for the edits are silent about them; and TypeScript says nothing that it ` +
    'did not say before, where a `tsconfig.json` names the file.',
  fast: `${FAST_PROOFS} and the rules that asked for the edits are silent about them. TypeScript was not asked.`,
  off: 'Each file parses. No other proof was asked for.',
};

/** A section is a list of lines; without lines it is not printed. */
type Section = readonly string[];

/** The body of a pull request. */
export function printMigrateMarkdown(report: MigrateReport, context: MarkdownContext): string {
  const sections: readonly Section[] = [
    [`### ${report.summary.dryRun ? 'Would read' : 'Read'} model streams through \`resilientStream()\``],
    [printSummary(report)],
    printEditsTable(report),
    printReasonsTable(report),
    ...printLists(report, context),
    printProofs(report, context),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const listChanged = ({ files }: MigrateReport): readonly MigratedFile[] =>
  files.filter(({ status }) => status === 'changed');

const listFailed = ({ files }: MigrateReport): readonly { readonly file: string; readonly failure: string }[] =>
  files.flatMap(({ file, failure }) => (failure === null ? [] : [{ file, failure }]));

function printSummary(report: MigrateReport): string {
  const { dryRun, edits, changed, skippedLoops, interrupted } = report.summary;
  const failed = listFailed(report).length;
  return [
    `${dryRun ? 'Would rewrite' : 'Rewrites'} ${count(edits, 'place')} in ${count(changed, 'file')}, `,
    `leaves ${skippedLoops} to a person${failed > 0 ? `; ${count(failed, 'file')} failed` : ''}.`,
    interrupted ? ' The run was stopped before its end.' : '',
  ].join('');
}

const printEditsTable = ({ counts }: MigrateReport): Section =>
  printTable(
    ['provider', 'codemod', 'places', 'files'],
    counts.edits.map(({ provider, codemod, edits, files }) => [
      escapeText(titleOf(provider)),
      printCode(codemod),
      `${edits}`,
      `${files}`,
    ]),
  );

const printReasonsTable = ({ counts }: MigrateReport): Section =>
  printTable(
    ['provider', 'codemod', 'left to a person, because', 'places'],
    counts.skipped.map(({ provider, codemod, reason, loops }) => [
      escapeText(titleOf(provider)),
      printCode(codemod),
      escapeText(reason),
      `${loops}`,
    ]),
  );

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): Section {
  if (rows.length === 0) return [];
  const { shown, more } = takeFitting(rows.map(printRow), TABLE);
  const rest = more > 0 ? ['', `… and ${more} more.`] : [];
  return [printRow(head), printRow(head.map(() => '---')), ...shown, ...rest];
}

const printRow = (cells: readonly string[]): string => `| ${cells.map(toCell).join(' | ')} |`;

function printLists(report: MigrateReport, { linkTo }: MarkdownContext): Section[] {
  const lists = [
    printFiles(report, linkTo),
    printDependencies(report),
    printVendored(report),
    printLeft(report, linkTo),
    {
      title: 'Failed, and left as they were',
      items: listFailed(report).map(({ file, failure }) => `${printCode(file)}: ${escapeText(failure)}`),
    },
  ];
  return fitLists(lists, LISTS).map(({ title, shown, more }) =>
    shown.length + more === 0
      ? []
      : [`#### ${title}`, '', ...shown.map((item) => `- ${item}`), ...(more > 0 ? [`- … and ${more} more.`] : [])],
  );
}

function printFiles(report: MigrateReport, linkTo: MarkdownContext['linkTo']): List {
  const printLines = ({ file, edits }: MigratedFile): string => {
    const links = edits.map(({ line }) => `[${line}](${linkTo(file, line)})`);
    return `${links.length === 1 ? 'line' : 'lines'} ${links.join(', ')}`;
  };
  return {
    title: 'Files',
    items: listChanged(report).map((migrated) => `${printCode(migrated.file)}: ${printLines(migrated)}`),
  };
}

const printDependencies = ({ dependencies }: MigrateReport): List => ({
  title: 'Dependencies',
  items: dependencies.map(({ file, name, range, install }) => {
    const place = file === null ? 'no `package.json` found' : printCode(file);
    return `${place}: ${printCode(`${name} ${range}`)}; run ${printCode(install)}`;
  }),
});

const printVendored = ({ vendored }: MigrateReport): List => ({
  title: 'Helper',
  items: vendored ? [`${printCode(vendored.file)}: \`resilient-stream ${vendored.version}\`, copied`] : [],
});

const printLeft = ({ files }: MigrateReport, linkTo: MarkdownContext['linkTo']): List => ({
  title: 'Left to a person',
  items: files.flatMap(({ file, skipped }) =>
    skipped.map(
      ({ line, reason }) => `[${printCode(`${file}:${line}`)}](${linkTo(file, line)}): ${escapeText(reason)}`,
    ),
  ),
});

function printProofs(report: MigrateReport, { verification, interactive }: MarkdownContext): Section {
  if (listChanged(report).length === 0) return [];
  const edited = interactive ? ' What a person edited on the way was asked to parse, and no more.' : '';
  return ['#### How it was proven', '', `${PROOFS[verification]}${edited} Lines are those of the files before.`];
}
