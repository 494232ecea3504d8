import { showPath } from '../files/find-files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type TsConfig, TsConfigs } from '../types/tsconfig.ts';
import { TypedProject } from '../types/typed-project.ts';
import { describe, warn } from '../types/typed-programs.ts';
import type { Vendored } from './vendor.ts';

/**
 * The second proof of a rewrite: TypeScript says nothing of the file that it did not say before. Files that no
 * `tsconfig.json` names have no types to be wrong about.
 */
export class TypeProof {
  readonly #configs: TsConfigs;
  readonly #vendored: Vendored | null;
  /** Of the last file. The next is of the same program, as a rule, and a program takes hundreds of megabytes. */
  #program: { readonly config: TsConfig; readonly project: TypedProject } | null = null;

  /** `vendored`: a file that the rewritten ones import, and that may not be there yet. */
  constructor(terminal: Terminal, vendored: Vendored | null) {
    this.#vendored = vendored;
    this.#configs = new TsConfigs((path, error) =>
      warn(`${showPath(terminal.cwd, path)}: ${describe(error)}`, terminal),
    );
  }

  /** What the rewrite would add to the list of errors, in a sentence; null where there is nothing. */
  findFault(path: string, after: string): string | null {
    const config = this.#configs.findFor(path);
    if (!config) return null;
    if (this.#program?.config !== config)
      this.#program = { config, project: TypedProject.of(config, [path], this.#vendored) };
    const [first, ...more] = this.#program.project.findNewDiagnostics(path, after);
    if (first === undefined) return null;
    return `TypeScript would say: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
  }
}
