import { resolve } from 'node:path';
import { showPath } from '../files/find-files.ts';
import { groupBy } from '../reports/group-by.ts';
import { reasonOf, UsageError } from '../terminal/faults.ts';
import { writeWarning } from '../terminal/messages.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { readTsConfig, type TsConfig, TsConfigError, TsConfigs } from './tsconfig.ts';
import { TypedProject } from './typed-project.ts';

/** Files of one TypeScript program. `project` is null for files that no `tsconfig.json` includes. */
export interface TypedFiles {
  readonly project: TypedProject | null;
  readonly files: readonly string[];
}

/** Reads the configuration file that `--types` names. */
export function requireTsConfig(name: string, { cwd }: Terminal): TsConfig {
  try {
    return readTsConfig(resolve(cwd, name));
  } catch (error) {
    throw new UsageError(`--types ${name}: ${describeConfigError(error)}.`);
  }
}

export const describeConfigError = (error: unknown): string =>
  error instanceof TsConfigError ? error.message : reasonOf(error);

/**
 * The files, grouped by the program that includes them: that of `named` or of a configuration that it references; if
 * `named` is null, that of the nearest `tsconfig.json`.
 */
export function* openPrograms(
  files: readonly string[],
  named: TsConfig | null,
  terminal: Terminal,
): Generator<TypedFiles> {
  const configs = new TsConfigs((path, error) => {
    const fault = `${showPath(terminal.cwd, path)}: ${describeConfigError(error)}`;
    if (named) throw new UsageError(`--types ${showPath(terminal.cwd, named.path)}: ${fault}.`);
    warnWithoutTypes(fault, terminal);
  });
  const configOf = (file: string): TsConfig | null =>
    named ? (configs.findIn(named.path, file) ?? (named.files.size > 0 ? named : null)) : configs.findFor(file);
  const groups = groupBy(files, configOf);
  terminal.status.showWork(`asking TypeScript about ${files.length} files`);
  // One program at a time: each takes hundreds of megabytes.
  for (const [config, group] of groups) yield { project: config && openProject(config, group, terminal), files: group };
}

function openProject(config: TsConfig, files: readonly string[], terminal: Terminal): TypedProject | null {
  const project = TypedProject.of(config, files);
  try {
    project.open();
    return project;
  } catch (error) {
    warnWithoutTypes(`${showPath(terminal.cwd, config.path)}: ${describeConfigError(error)}`, terminal);
    return null;
  }
}

/** A broken configuration is no reason to stop: types are never required. */
export const warnWithoutTypes = (what: string, terminal: Pick<Terminal, 'stderr' | 'env'>): void =>
  writeWarning(`${what}; the work goes on without types until that is mended.`, terminal);
