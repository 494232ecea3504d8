import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { showPath } from '../../files/find-files.ts';
import { findRepository } from '../../files/gitignore.ts';
import type { Terminal } from '../../terminal/terminal.ts';

export type LinkTo = (file: string, line: number) => string;

/**
 * Links to lines of the committed files: pages of the repository's host (GitHub, GitLab), or relative links if the host
 * is unknown.
 */
export function createLinkTo({ cwd, env }: Pick<Terminal, 'cwd' | 'env'>): LinkTo {
  const root = findRepository(cwd);
  const head = root && git(root, 'rev-parse', 'HEAD');
  const address = readAddress(env) ?? (root && parseRemote(git(root, 'remote', 'get-url', 'origin') ?? ''));
  const nameOf = (file: string): string =>
    showPath(root ?? cwd, resolve(cwd, file))
      .split('/')
      .map(encodeName)
      .join('/');
  if (!head || !address) return (file, line) => `${nameOf(file)}#L${line}`;
  return (file, line) => `${address}/${address.includes('gitlab') ? '-/' : ''}blob/${head}/${nameOf(file)}#L${line}`;
}

/** In Markdown, a bracket would end the link. */
const encodeName = (name: string): string => encodeURIComponent(name).replaceAll('(', '%28').replaceAll(')', '%29');

/** The address of the repository from the variables that GitHub's runners set. */
function readAddress(env: Terminal['env']): string | null {
  const [server, repository] = [env['GITHUB_SERVER_URL'], env['GITHUB_REPOSITORY']];
  return server && repository ? `${server}/${repository}` : null;
}

/**
 * The page of a git remote, such as `git@github.com:acme/app.git` or `https://user:secret@github.com/acme/app`, without
 * the user name and password; null for a host whose pages are unknown.
 */
export function parseRemote(url: string): string | null {
  const [, host, path] = /^(?:[a-z+]+:\/\/)?(?:[^@/]*@)?([^:/]+)(?::\d+(?=\/))?[:/](.+?)(?:\.git)?\/?$/.exec(url) ?? [];
  return host && path && /git(?:hub|lab)/.test(host) ? `https://${host}/${path.replace(/^\//, '')}` : null;
}

function git(root: string, ...args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null; // no commit yet, no such remote, no git
  }
}
