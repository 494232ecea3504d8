import { createRequire } from 'node:module';
import { Project, ts } from 'ts-morph';
import type { TSESTree } from '@typescript-eslint/utils';
import type { TypeServices } from '../../src/analysis/origin/typescript-oracle.ts';
import type { TsConfig } from './tsconfig.ts';

const HELPER = 'resilient-stream';

/** TypeScript's view of some files, outside ESLint. Nothing is loaded before somebody asks for a type. */
export class TypedProject {
  readonly #open: () => Project;
  #project: Project | null = null;

  constructor(open: () => Project) {
    this.#open = open;
  }

  /**
   * The files in question with the compiler options of a `tsconfig.json`, and whatever they import. The rest of the
   * program is left out, but for its declaration files, which may declare modules: reading all of it would cost more
   * than all the answers. `unwritten` is taken as it will be.
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
   * At the latest when the first type is asked for; here, where whatever is wrong with the program is to be known
   * before.
   */
  open(): Project {
    this.#project ??= this.#open();
    return this.#project;
  }

  /**
   * What ESLint's parser services would be, had ESLint read the file. `text` must be the file's, without a byte order
   * mark.
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

  /** What TypeScript says of a file with this text and does not say of it as it is, a sentence each. */
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
        if (index !== -1) known.splice(index, 1); // the same error may stand there twice
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

  /** Where the helper is not installed yet, its types are those that came with us. */
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

/** Its code and what it says: where it stands may change with the edit. */
const printDiagnostic = ({ code, messageText }: ts.Diagnostic): string =>
  `${ts.flattenDiagnosticMessageText(messageText, ' ')} (TS${code})`;

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
