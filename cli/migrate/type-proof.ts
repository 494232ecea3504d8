import { showPath } from '../files/find-files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type TsConfig, TsConfigs } from '../types/tsconfig.ts';
import { TypedProject } from '../types/typed-project.ts';
import { describeConfigError, warnWithoutTypes } from '../types/typed-programs.ts';
import type { Vendored } from './vendor.ts';

/** Proves that a rewrite adds no TypeScript error to its file. Files outside every `tsconfig.json` need no proof. */
export class TypeProof {
  readonly #configs: TsConfigs;
  readonly #vendored: Vendored | null;
  /** The program of the last file; the next file mostly needs the same. Only one is kept: it takes much memory. */
  #program: { readonly config: TsConfig; readonly project: TypedProject } | null = null;

  /** `vendored`: the copy of the helper, which the rewritten files import and which may not exist yet. */
  constructor(terminal: Terminal, vendored: Vendored | null) {
    this.#vendored = vendored;
    this.#configs = new TsConfigs((path, error) =>
      warnWithoutTypes(`${showPath(terminal.cwd, path)}: ${describeConfigError(error)}`, terminal),
    );
  }

  /** The errors that the rewrite would add, as a sentence; null where there are none. */
  findNewErrors(path: string, after: string): string | null {
    const config = this.#configs.findFor(path);
    if (!config) return null;
    if (this.#program?.config !== config)
      this.#program = { config, project: TypedProject.of(config, [path], this.#vendored) };
    const [first, ...more] = this.#program.project.findNewDiagnostics(path, after);
    if (first === undefined) return null;
    return `TypeScript would say: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
  }
}
