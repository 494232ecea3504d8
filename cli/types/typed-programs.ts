import { resolve } from 'node:path';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { colorsFor, type Terminal } from '../terminal/terminal.ts';
import { readTsConfig, type TsConfig, TsConfigError, TsConfigs } from './tsconfig.ts';
import { TypedProject } from './typed-project.ts';

/** Files of one program, and its view of them; null for those that no `tsconfig.json` names. */
export interface TypedFiles {
  readonly project: TypedProject | null;
  readonly files: readonly string[];
}

/** The `tsconfig.json` that `--types` names, or whatever else it is called. */
export function requireTsConfig(name: string, { cwd }: Terminal): TsConfig {
  try {
    return readTsConfig(resolve(cwd, name));
  } catch (error) {
    throw new UsageError(`--types ${name}: ${describe(error)}.`);
  }
}

export const describe = (error: unknown): string => (error instanceof TsConfigError ? error.message : reasonOf(error));

/**
 * The programs that know the files: `named`, or a part that it references; where it is null, of the nearest
 * `tsconfig.json`.
 */
export function* findPrograms(
  files: readonly string[],
  named: TsConfig | null,
  terminal: Terminal,
): Generator<TypedFiles> {
  const configs = new TsConfigs((path, error) => {
    if (named)
      throw new UsageError(
        `--types ${showPath(terminal.cwd, named.path)}: ${showPath(terminal.cwd, path)}: ${describe(error)}.`,
      );
    warn(`${showPath(terminal.cwd, path)}: ${describe(error)}`, terminal);
  });
  const groups = new Map<TsConfig | null, string[]>();
  for (const file of files) {
    const config = named
      ? (configs.findIn(named.path, file) ?? (named.files.size > 0 ? named : null))
      : configs.findFor(file);
    const group = groups.get(config);
    if (group) group.push(file);
    else groups.set(config, [file]);
  }
  terminal.status.showWork(`asking TypeScript about ${files.length} files`);
  // One after another: a program takes hundreds of megabytes.
  for (const [config, group] of groups) yield { project: config && openProject(config, group, terminal), files: group };
}

function openProject(config: TsConfig, files: readonly string[], terminal: Terminal): TypedProject | null {
  const project = TypedProject.of(config, files);
  try {
    project.open();
    return project;
  } catch (error) {
    warn(`${showPath(terminal.cwd, config.path)}: ${describe(error)}`, terminal);
    return null;
  }
}

/** Types are never required. */
export function warn(what: string, { stderr, env }: Terminal): void {
  stderr.write(
    `${colorsFor(stderr, env).yellow('warning:')} ${what}; the work goes on without types until that is mended.\n`,
  );
}
