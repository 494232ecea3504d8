import { Project, ts } from 'ts-morph';
import type { TSESTree } from '@typescript-eslint/utils';
import type { TypeServices } from '../src/analysis/checked-types.ts';
import type { TsConfig } from './tsconfig.ts';

/** TypeScript's view of some files, outside ESLint. Nothing is loaded before somebody asks for a type. */
export class TypedProject {
  readonly #open: () => Project;
  #project: Project | null = null;

  constructor(open: () => Project) {
    this.#open = open;
  }

  /**
   * The files in question with the compiler options of a `tsconfig.json`, and whatever they import. The rest of the program is left
   * out, but for its declaration files, which may declare modules: reading all of it would cost more than all the answers.
   */
  static of(config: TsConfig, files: readonly string[]): TypedProject {
    return new TypedProject(() => {
      const project = new Project({ tsConfigFilePath: config.path, skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true });
      const declarations = [...config.files].filter((name) => /\.d\.[cm]?ts$/.test(name));
      for (const file of [...declarations, ...files]) project.addSourceFileAtPathIfExists(file);
      return project;
    });
  }

  /** At the latest when the first type is asked for; here, where whatever is wrong with the program is to be known before. */
  open(): Project {
    this.#project ??= this.#open();
    return this.#project;
  }

  /** What ESLint's parser services would be, had ESLint read the file. `text` must be the file's, without a byte order mark. */
  servicesOf(path: string): TypeServices {
    return {
      program: { getTypeChecker: () => this.open().getTypeChecker().compilerObject },
      esTreeNodeToTSNodeMap: {
        get: (node) => {
          const file = this.open().getSourceFile(path);
          return file ? findAt(file.compilerNode, node.range) : undefined;
        },
      },
    };
  }
}

/** The innermost node that stands exactly there. */
function findAt(file: ts.SourceFile, [start, end]: TSESTree.Range): ts.Node | undefined {
  let found: ts.Node | undefined;
  const look = (node: ts.Node): void => {
    if (node.pos > start || node.end < end) return;
    if (node.end === end && node.getStart(file) === start) found = node;
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}
