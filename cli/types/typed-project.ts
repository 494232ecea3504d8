import { createRequire } from 'node:module';
import { Project, ts } from 'ts-morph';
import type { TSESTree } from '@typescript-eslint/utils';
import type { TypeServices } from '../../src/analysis/origin/typescript-oracle.ts';
import type { TsConfig } from './tsconfig.ts';

const HELPER = 'resilient-stream';

/** A TypeScript program for some files, outside ESLint. It is loaded when the first type is needed. */
export class TypedProject {
  readonly #open: () => Project;
  #project: Project | null = null;

  constructor(open: () => Project) {
    this.#open = open;
  }

  /**
   * A program of these files and their imports, with the compiler options of a `tsconfig.json`. Other files of this
   * program are left out, since reading them all takes too long; only its declaration files are added: they may declare
   * modules. `unwritten` is a file that this run will create or replace.
   */
  static of(
    config: TsConfig,
    files: readonly string[],
    unwritten: { readonly path: string; readonly after: string } | null = null,
  ): TypedProject {
    return new TypedProject(() => {
      const project = new Project({
        tsConfigFilePath: config.path,
        skipAddingFilesFromTsConfig: true,
        skipFileDependencyResolution: true,
      });
      const declarations = [...config.files].filter((name) => /\.d\.[cm]?ts$/.test(name));
      for (const file of [...declarations, ...files]) project.addSourceFileAtPathIfExists(file);
      if (unwritten) project.createSourceFile(unwritten.path, unwritten.after, { overwrite: true });
      return project;
    });
  }

  /**
   * Loads the program. The first question about a type does that too; call this to get errors of loading earlier.
   */
  open(): Project {
    this.#project ??= this.#open();
    return this.#project;
  }

  /**
   * The parser services of a file, as in ESLint. The parsed text must be that of the file, without a byte order mark.
   */
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

  /** The errors that TypeScript reports for the file with this text and not for the file as it is. */
  findNewDiagnostics(path: string, text: string): string[] {
    const project = this.open();
    const file = project.getSourceFile(path) ?? project.addSourceFileAtPath(path);
    this.#provideHelper(path);
    const before = file.getFullText();
    const known = this.#diagnose(path);
    file.replaceWithText(text);
    try {
      return this.#diagnose(path).filter((diagnostic) => {
        const index = known.indexOf(diagnostic);
        if (index !== -1) known.splice(index, 1); // the file may have the same error twice
        return index === -1;
      });
    } finally {
      file.replaceWithText(before);
    }
  }

  #diagnose(path: string): string[] {
    const project = this.open();
    const program = project.getProgram().compilerObject;
    const file = program.getSourceFile(project.getSourceFileOrThrow(path).getFilePath());
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(printDiagnostic);
  }

  /** If the project has not installed the helper yet, its types are those of the copy that came with this program. */
  #provideHelper(path: string): void {
    const { compilerOptions } = this.open();
    const options = compilerOptions.get();
    if (options.paths?.[HELPER] || ts.resolveModuleName(HELPER, path, options, ts.sys).resolvedModule) return;
    compilerOptions.set({
      paths: {
        ...options.paths,
        [HELPER]: [
          createRequire(import.meta.url)
            .resolve(HELPER)
            .replace(/\.js$/, '.d.ts'),
        ],
      },
    });
  }
}

/** The code and the text of an error, without its position: an edit may move it. */
const printDiagnostic = ({ code, messageText }: ts.Diagnostic): string =>
  `${ts.flattenDiagnosticMessageText(messageText, ' ')} (TS${code})`;

/** The innermost node with exactly this range. */
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
