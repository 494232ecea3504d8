import { execFileSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { catalog } from '../../src/providers/catalog.ts';
import type { FaultLog } from '../terminal/faults.ts';
import { realPathOf } from '../files/find-files.ts';
import { count } from '../terminal/columns.ts';
import { findRepository } from '../files/gitignore.ts';
import type { MadeCommit, MigratedFile } from '../reports/json-shapes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A file that names the helper, or holds it. */
export interface Addition {
  /** null where there is none. */
  readonly file: string | null;
  readonly what: string;
}

/** What goes into one commit. */
interface Batch {
  readonly repository: string;
  /** The provider's id; null where the rewrites are about no stream of anybody's. */
  readonly provider: string | null;
  readonly files: readonly MigratedFile[];
  /** What came with the rewrites: `package.json`, the helper itself. */
  readonly additions: readonly Addition[];
}

/**
 * One commit per repository and provider; the first of a repository has the additions too. Ends at the first that git
 * refuses.
 */
export function commitByProvider(
  files: readonly MigratedFile[],
  additions: readonly Addition[],
  { cwd }: Pick<Terminal, 'cwd'>,
  faults: FaultLog,
): MadeCommit[] {
  const commits: MadeCommit[] = [];
  for (const batch of toBatches(files, additions, cwd)) {
    const [subject, body] = [findSubject(batch), printBody(batch)];
    const paths = [...batch.files, ...batch.additions].map(({ file }) => realPathOf(resolve(cwd, file!)));
    try {
      // What an earlier part of this run has committed is there already.
      if (git(batch.repository, ['status', '--porcelain', '--', ...paths]) === '') continue;
      // Git commits no path that it has never heard of.
      git(batch.repository, [
        'add',
        '--intent-to-add',
        '--',
        ...batch.additions.map(({ file }) => realPathOf(resolve(cwd, file!))),
      ]);
      git(
        batch.repository,
        ['commit', '--quiet', '--message', subject, '--message', body, '--pathspec-from-file=-', '--pathspec-file-nul'],
        paths.join('\0'),
      );
      commits.push({ hash: git(batch.repository, ['rev-parse', 'HEAD']).trim(), subject, files: paths.length });
    } catch (error) {
      faults.add({
        kind: 'failed',
        place: 'git commit',
        at: null,
        message: `${reasonOfGit(error as GitError)}; the files stay as they were rewritten: commit them yourself ("${subject}")`,
      });
      break;
    }
  }
  return commits;
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

/** A file with streams of several goes with the first: its text cannot be committed in parts. */
const providerOf = ({ edits }: MigratedFile): string | null =>
  catalog.find(({ id }) => edits.some(({ provider }) => provider === id))?.id ?? null;

function findSubject({ provider, files }: Batch): string {
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
 * Hooks say what they have to say on either, and before it what they run: the line that speaks of a failure, or else
 * all of them.
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

/** Names of files are no patterns here. */
const git = (repository: string, args: readonly string[], input = ''): string =>
  execFileSync('git', ['--literal-pathspecs', ...args], {
    cwd: repository,
    encoding: 'utf8',
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  });
