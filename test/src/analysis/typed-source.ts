import { fileURLToPath } from 'node:url';
import { Project, ts } from 'ts-morph';
import { TypedProject } from '../../../cli/types/typed-project.ts';
import { oracleOf } from '../../../src/analysis/origin/typescript-oracle.ts';
import { findStreamLoops } from '../../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../../src/analysis/source/parse-source.ts';
import type { StreamLoop } from '../../../src/analysis/facts/stream-loop.ts';
import type { TypeOracle } from '../../../src/analysis/facts/type-oracle.ts';

/** Beside the packages that are installed for these tests. */
const folder = fileURLToPath(new URL('typed', import.meta.url));

/** Files that exist in memory alone, in one program with the SDKs' own declarations. */
export class TypedFiles {
  readonly #files: Readonly<Record<string, string>>;
  readonly #project: TypedProject;

  constructor(files: Readonly<Record<string, string>>) {
    this.#files = files;
    this.#project = new TypedProject(() => {
      const project = new Project({
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.NodeNext,
          strict: true,
          skipLibCheck: true,
          lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
          types: [],
        },
      });
      for (const [name, text] of Object.entries(files)) project.createSourceFile(`${folder}/${name}`, text);
      return project;
    });
  }

  oracleOf(name: string): TypeOracle {
    return oracleOf(this.#project.servicesOf(`${folder}/${name}`))!;
  }

  loopsIn(name: string): readonly StreamLoop[] {
    return findStreamLoops(parseSource(name, this.#files[name]!), { oracle: this.oracleOf(name), own: [] });
  }
}
