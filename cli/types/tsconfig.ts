import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ts } from 'ts-morph';
import { foldersAbove } from '../files/folders-above.ts';

/** One `tsconfig.json`. */
export interface TsConfig {
  readonly path: string;
  /** The files that `files` and `include` name. Absolute, with `/`. */
  readonly files: ReadonlySet<string>;
  readonly options: ts.CompilerOptions;
  /** Absolute paths of the configurations that it references. A solution file has only references and no files. */
  readonly references: readonly string[];
}

/**
 * The configuration cannot be read, is no JSON, or extends a file that does not exist. Errors about single options do
 * not count: the project may use options of a newer TypeScript.
 */
export class TsConfigError extends Error {
  override readonly name = 'TsConfigError';
}

const FILE_NOT_FOUND = 6053;
const CANNOT_READ = 5083;
const CIRCULAR_EXTENDS = 18000;

/** @throws {TsConfigError} */
export function readTsConfig(path: string): TsConfig {
  const read = ts.readConfigFile(path, (name) => ts.sys.readFile(name));
  if (read.error)
    throw new TsConfigError(
      read.error.code === CANNOT_READ ? printMessage(read.error) : `does not parse: ${printMessage(read.error)}`,
    );
  const parsed = ts.parseJsonConfigFileContent(read.config, ts.sys, dirname(path), undefined, path);
  const fault = parsed.errors.find(
    ({ code }) => code === FILE_NOT_FOUND || code === CANNOT_READ || code === CIRCULAR_EXTENDS,
  );
  if (fault) throw new TsConfigError(printMessage(fault));
  return {
    path,
    files: new Set(parsed.fileNames.map(toPosix)),
    options: parsed.options,
    references: (parsed.projectReferences ?? []).map((reference) => resolve(ts.resolveProjectReferencePath(reference))),
  };
}

const printMessage = ({ messageText }: ts.Diagnostic): string =>
  ts.flattenDiagnosticMessageText(messageText, ' ').replace(/\.$/, '');

/** TypeScript writes paths with `/`, on Windows too. */
const toPosix = (path: string): string => path.replaceAll('\\', '/');

/** Reads each configuration once, and reports each broken one once. */
export class TsConfigs {
  readonly #known = new Map<string, TsConfig | null>();
  readonly #onBroken: (path: string, error: unknown) => void;

  constructor(onBroken: (path: string, error: unknown) => void) {
    this.#onBroken = onBroken;
  }

  /** The nearest configuration that includes the file, or that references one that does. */
  findFor(file: string): TsConfig | null {
    for (const folder of foldersAbove(dirname(file))) {
      const path = join(folder, 'tsconfig.json');
      const found = existsSync(path) ? this.findIn(path, file) : null;
      if (found) return found;
    }
    return null;
  }

  /** This configuration, or one that it references, whichever includes the file. */
  findIn(path: string, file: string, seen: Set<string> = new Set()): TsConfig | null {
    if (seen.has(path)) return null;
    const config = this.#read(path);
    seen.add(path);
    if (!config || config.files.has(toPosix(file))) return config;
    for (const reference of config.references) {
      const found = this.findIn(reference, file, seen);
      if (found) return found;
    }
    return null;
  }

  #read(path: string): TsConfig | null {
    let config = this.#known.get(path);
    if (config === undefined) {
      config = this.#readNew(path);
      this.#known.set(path, config);
    }
    return config;
  }

  #readNew(path: string): TsConfig | null {
    try {
      return readTsConfig(path);
    } catch (error) {
      this.#onBroken(path, error);
      return null;
    }
  }
}
