import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Host } from './hosts.ts';
import { PACKAGES, type Tarballs } from './setup.ts';

const execute = promisify(execFile);

/** A temporary folder, outside of any other project, with packages of ours installed. */
export interface Project {
  readonly folder: string;
  run(command: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Finished>;
  remove(): void;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Those that the command line depends on are installed beside it, since no registry has them. */
export const ALL = ['plugin', 'helper', 'cli'] as const;

export async function createProject(
  { dependencies, files, packages = ALL }: Pick<Host, 'dependencies' | 'files' | 'packages'>,
  tarballs: Tarballs,
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'resilient-stream-host-'));
  for (const key of packages) cpSync(tarballs[key], join(folder, `${key}.tgz`));
  const ours = Object.fromEntries(packages.map((key) => [PACKAGES[key].name, `file:${key}.tgz`]));
  const manifest = { private: true, type: 'module', dependencies: { ...dependencies, ...ours } };
  for (const [name, text] of Object.entries({ ...files, 'package.json': JSON.stringify(manifest) })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const run: Project['run'] = async ([program = '', ...rest], environment) => {
    try {
      return {
        code: 0,
        ...(await execute(program, rest, {
          cwd: folder,
          env: { ...process.env, ...environment, PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}` },
        })),
      };
    } catch (error) {
      const { code, stdout = '', stderr = '' } = error as Partial<Finished>;
      if (typeof code !== 'number') throw error;
      return { code, stdout, stderr };
    }
  };
  const installed = await run(['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline']);
  if (installed.code !== 0) throw new Error(`npm could not install the packages:\n${installed.stderr}`);
  return { folder, run, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
