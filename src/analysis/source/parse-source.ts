import { analyze } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { type OxcError, type ParseResult, parseSync, visitorKeys } from 'oxc-parser';
import type { ParsedSource } from './parsed-source.ts';
import { linkNodes } from './link-parents.ts';
import { isTooDeep } from './nesting-depth.ts';

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
 * Parses a file for the analyser. The language follows from the path's ending; a `.js` file may hold JSX. oxc's
 * TypeScript tree is ESTree-exact and needs no TypeScript, so that a repository whose only TypeScript is 7 can be read.
 *
 * @throws {SourceSyntaxError} where the text does not parse.
 */
export function parseSource(path: string, text: string): ParsedSource {
  if (isTooDeep(text)) throw tooDeep();
  const { program, comments } = unlessTooDeep(() => parseAs(path, text));
  const ast = program as unknown as TSESTree.Program;
  ast.comments = comments as unknown as TSESTree.Comment[];
  ast.tokens ??= [];
  linkNodes(ast, text, visitorKeys);
  // No `lib`: which globals exist does not matter here, and declaring them costs more than the analysis.
  const scopeManager = unlessTooDeep(() =>
    analyze(ast, { sourceType: ast.sourceType, lib: [], childVisitorKeys: visitorKeys }),
  );
  return { text, ast, scopeManager, visitorKeys };
}

const tooDeep = (): SourceSyntaxError => new SourceSyntaxError('Code is nested too deeply to be read', 1, 1);

/** Tree walkers recurse too: `1+1+…` nests only in the tree. */
function unlessTooDeep<T>(walk: () => T): T {
  try {
    return walk();
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : error;
  }
}

/**
 * A text without an import or export may still be a module, by its top-level `await`, or CommonJS, by its top-level
 * `return`. Where it is none of them, the first error is the one to tell.
 */
function parseAs(path: string, text: string): ParseResult {
  let first: ParseResult | null = null;
  for (const sourceType of ['unambiguous', 'module', 'commonjs'] as const) {
    const result = parseSync(path, text, { lang: languageOf(path), sourceType, preserveParens: false, astType: 'ts' });
    if (!result.errors.some(isFatal)) return result;
    first ??= result;
  }
  const error = first!.errors.find(isFatal)!;
  const { line, column } = locate(text, error.labels[0]?.start ?? 0);
  throw new SourceSyntaxError(error.message, line, column);
}

const isFatal = ({ severity }: OxcError): boolean => severity === 'Error';

// JSX in a `.js` file is common; in a `.ts` file `<T>x` is a cast.
function languageOf(path: string): 'jsx' | 'ts' | 'tsx' {
  if (/\.tsx$/i.test(path)) return 'tsx';
  return /\.[cm]?ts$/i.test(path) ? 'ts' : 'jsx';
}

function locate(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|[\r\n\u2028\u2029]/);
  return { line: before.length, column: before[before.length - 1]!.length + 1 };
}
