import { execFileSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { catalog } from '../../../src/providers/catalog.ts';
import type { Run } from '../../terminal/command.ts';
import { failed } from '../../terminal/faults.ts';
import { realPathOf } from '../../files/find-files.ts';
import { count } from '../../terminal/columns.ts';
import { findRepository } from '../../files/gitignore.ts';
import type { MadeCommit, MigratedFile } from '../../reports/json-shapes.ts';

/** A file that came with the rewrites: `package.json`, or the copy of the helper. */
export interface Addition {
  /** null: no file was written. */
  readonly file: string | null;
  /** 'resilient-stream ^1.0.0' */
  readonly what: string;
}

/** The content of one commit. */
interface Batch {
  readonly repository: string;
  /** The provider's id; null: the rewrites concern no provider. */
  readonly provider: string | null;
  readonly files: readonly MigratedFile[];
  readonly additions: readonly Addition[];
}

/**
 * Makes one commit per repository and provider. The additions go into the first commit of their repository. Stops when
 * git refuses a commit.
 */
export function commitByProvider(
  files: readonly MigratedFile[],
  additions: readonly Addition[],
  { terminal: { cwd }, faults }: Pick<Run<unknown>, 'terminal' | 'faults'>,
): MadeCommit[] {
  const commits: MadeCommit[] = [];
  for (const batch of toBatches(files, additions, cwd)) {
    const subject = printSubject(batch);
    try {
      const commit = commitBatch(batch, subject, cwd);
      if (commit) commits.push(commit);
    } catch (error) {
      const remedy = `the files stay as they were rewritten: commit them yourself ("${subject}")`;
      faults.add(failed('git commit', `${reasonOfGit(error as GitError)}; ${remedy}`));
      break;
    }
  }
  return commits;
}

/** null: an earlier part of this run has committed these files already. */
function commitBatch(batch: Batch, subject: string, cwd: string): MadeCommit | null {
  const { repository, files, additions } = batch;
  const toPath = ({ file }: Addition | MigratedFile): string => realPathOf(resolve(cwd, file!));
  const added = additions.map(toPath);
  const paths = [...files.map(toPath), ...added];
  if (git(repository, ['status', '--porcelain', '--', ...paths]) === '') return null;
  // `git commit` refuses the path of a file that git does not know.
  git(repository, ['add', '--intent-to-add', '--', ...added]);
  const message = ['--message', subject, '--message', printBody(batch)];
  const fromStdin = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  git(repository, ['commit', '--quiet', ...message, ...fromStdin], paths.join('\0'));
  return { hash: git(repository, ['rev-parse', 'HEAD']).trim(), subject, files: paths.length };
}

function toBatches(files: readonly MigratedFile[], additions: readonly Addition[], cwd: string): Batch[] {
  const rootOf = ({ file }: { file: string | null }): string | null =>
    file === null ? null : findRepository(dirname(realPathOf(resolve(cwd, file))));
  const changed = files.filter(({ status }) => status === 'changed');
  const roots = [...new Set([...changed, ...additions].map(rootOf))].filter((root) => root !== null);
  return roots.flatMap((repository) => {
    const held = changed.filter((file) => rootOf(file) === repository);
    const added = additions.filter((addition) => rootOf(addition) === repository);
    const providers = [...catalog.map(({ id }) => id), null].filter((id) =>
      held.some((file) => providerOf(file) === id),
    );
    return (providers.length === 0 ? [null] : providers).map((provider, index) => ({
      repository,
      provider,
      files: held.filter((file) => providerOf(file) === provider),
      additions: index === 0 ? added : [],
    }));
  });
}

/** A file with streams of several providers counts for the first: a file cannot be committed in parts. */
const providerOf = ({ edits }: MigratedFile): string | null =>
  catalog.find(({ id }) => edits.some(({ provider }) => provider === id))?.id ?? null;

function printSubject({ provider, files }: Batch): string {
  if (files.length === 0) return 'Add resilient-stream';
  const streams = `${catalog.find(({ id }) => id === provider)?.title ?? ''} streams`.trim();
  const areWrapped = files.every(({ edits }) => edits.every(({ codemod }) => codemod === 'wrap-in-resilient-stream'));
  return areWrapped ? `Read ${streams} through resilientStream` : `Make ${streams} resilient`;
}

const printBody = ({ files, additions }: Batch): string =>
  [
    ...files.map(({ file, edits }) => `${file}: ${count(edits.length, 'place')}`),
    ...additions.map(({ file, what }) => `${file}: ${what}`),
  ].join('\n');

interface GitError extends Error {
  readonly stdout?: string;
  readonly stderr?: string;
}

/**
 * The line of git's output that reports a failure, or else the whole output. A failing hook may print to either output,
 * and prints other lines before the failure.
 */
function reasonOfGit({ stderr, stdout, message }: GitError): string {
  const lines = stripVTControlCharacters(stderr?.trim() || stdout?.trim() || message)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('hint:'));
  const line = lines.find((line) => /^(?:fatal|error)\b|\bfail|\berrors?\b/i.test(line)) ?? lines.join(' ');
  return line
    .slice(0, LONGEST_REASON)
    .replace(/^(?:fatal|error): /, '')
    .replace(/[.;]+$/, '');
}

const LONGEST_REASON = 300;

/** Paths are passed literally: `[slug].ts` is a file, not a pattern. */
const git = (repository: string, args: readonly string[], input = ''): string =>
  execFileSync('git', ['--literal-pathspecs', ...args], {
    cwd: repository,
    encoding: 'utf8',
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
