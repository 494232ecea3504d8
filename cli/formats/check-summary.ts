import { urlOf } from '../../rules/page.ts';
import type { CheckReport } from '../reports/json-shapes.ts';
import type { CheckContext } from './check-context.ts';
import { count } from '../terminal/columns.ts';

/** '3 problems in 1 file', '2 new problems (1 warning) in 2 files', 'No problems in 4 stream loops'. */
export function printNumber({ problems, warnings, files, streams, baseline }: CheckReport['summary']): string {
  const noun = baseline ? 'new problem' : 'problem';
  if (problems === 0) return `No ${noun}s in ${count(streams, 'stream loop')}`;
  return `${count(problems, noun)}${warnings > 0 ? ` (${count(warnings, 'warning')})` : ''} in ${count(files, 'file')}`;
}

/** What the comparison with the baseline found, in sentences. */
export function printBaselineFacts({ baseline }: CheckReport['summary']): readonly string[] {
  if (!baseline) return [];
  const { file, known, gone, added } = baseline;
  if (added !== null) return [`${file}: ${count(added, 'problem')} added, ${gone} removed, ${known} kept.`];
  return [
    ...(known > 0 ? [`${known} known ${known === 1 ? 'one is' : 'ones are'} in ${file}.`] : []),
    ...(gone > 0
      ? [`${count(gone, 'problem')} of ${file} ${gone === 1 ? 'is' : 'are'} no longer found; run --update-baseline.`]
      : []),
  ];
}

/** The next step for the user; null where there is nothing to do. */
export function printNextStep(
  { loops, rewritable, byRule, baseline }: CheckReport['summary'],
  { paths }: Pick<CheckContext, 'paths'>,
): string | null {
  if (baseline?.added != null) {
    const command = printCommand('check', '--baseline', baseline.file, ...few(paths));
    return `commit ${baseline.file}; \`${command}\` reports new problems only.`;
  }
  const [commonest] = Object.entries(byRule).sort(([, a], [, b]) => b - a);
  if (!commonest) return null;
  if (rewritable === 0) return `${urlOf(commonest[0])} says what to do.`;
  const which =
    rewritable < loops ? `${rewritable} of these ${loops} loops` : loops === 1 ? 'this loop' : `these ${loops} loops`;
  return `\`${printCommand('migrate', '--dry-run', ...few(paths))}\` shows how it would rewrite ${which}.`;
}

const printCommand = (...words: readonly string[]): string => ['resilient-stream', ...words.map(quote)].join(' ');

/** Many paths are left out: without paths, the command examines the whole folder, which includes them. */
const few = (paths: readonly string[]): readonly string[] => (paths.length > 3 ? [] : paths);

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
