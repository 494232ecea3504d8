import { analyze } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { parseSync, visitorKeys } from 'oxc-parser';
import type { ParsedSource } from './parsed-source.ts';
import { linkNodes } from './link-nodes.ts';

/** The text is no JavaScript or TypeScript. `line` and `column` count from 1. */
export class SourceSyntaxError extends Error {
  override readonly name = 'SourceSyntaxError';
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/**
 * Parses a file for the analyser. The language follows from the path's ending; a `.js` file may hold JSX.
 * oxc's TypeScript tree is ESTree-exact and needs no TypeScript, so that a repository whose only TypeScript is 7 can be read.
 *
 * @throws {SourceSyntaxError} where the text does not parse.
 */
export function parseSource(path: string, text: string): ParsedSource {
  const { program, errors, comments } = parseSync(path, text, {
    lang: languageOf(path),
    range: true,
    preserveParens: false,
    astType: 'ts',
  });
  const error = errors.find(({ severity }) => severity === 'Error');
  if (error) {
    const { line, column } = locate(text, error.labels[0]?.start ?? 0);
    throw new SourceSyntaxError(error.message, line, column);
  }
  const ast = program as unknown as TSESTree.Program;
  ast.comments = comments as unknown as TSESTree.Comment[];
  ast.tokens ??= [];
  linkNodes(ast, text, visitorKeys);
  // No `lib`: which globals exist does not matter here, and declaring them costs more than the analysis.
  const scopeManager = analyze(ast, { sourceType: ast.sourceType, lib: [], childVisitorKeys: visitorKeys });
  return { text, ast, scopeManager, visitorKeys };
}

// JSX in a `.js` file is common; in a `.ts` file `<T>x` is a cast.
function languageOf(path: string): 'jsx' | 'ts' | 'tsx' {
  if (/\.tsx$/i.test(path)) return 'tsx';
  return /\.[cm]?ts$/i.test(path) ? 'ts' : 'jsx';
}

function locate(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|[\r\n\u2028\u2029]/);
  return { line: before.length, column: before[before.length - 1]!.length + 1 };
}
