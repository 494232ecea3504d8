import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from '../../src/analysis/source/file-memory.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { visit } from '../../src/analysis/source/tree.ts';
import type { CodemodOptions } from '../contract/codemod.ts';

const typed = new FileMemory<boolean>();

/** TypeScript checks the file: by the ending of its path or, where that is unknown, because it contains types. */
export function isTypeScript({ ast, visitorKeys }: ParsedSource, { path }: CodemodOptions): boolean {
  if (path !== undefined) return /\.[cm]?tsx?$/i.test(path);
  let answer = typed.get(ast);
  if (answer !== undefined) return answer;
  answer = false;
  visit(ast, visitorKeys, (node) => {
    answer ||= node.type.startsWith('TS');
    return !answer;
  });
  typed.set(ast, answer);
  return answer;
}

const commonJsFiles = new FileMemory<boolean>();

/**
 * The file loads modules by `require`. Where the ending of its path leaves that open: it has a `require`, and neither
 * an import nor an export. (A `.cts` file may have imports, which TypeScript compiles to `require`.)
 */
export function isCommonJs(source: ParsedSource, { path }: CodemodOptions): boolean {
  let answer = commonJsFiles.get(source.ast);
  if (answer === undefined) commonJsFiles.set(source.ast, (answer = detectCommonJs(source, path ?? '')));
  return answer;
}

function detectCommonJs({ ast, visitorKeys }: ParsedSource, path: string): boolean {
  if (
    ast.body.some((node) => isImport(node) || node.type.startsWith('Export') || node.type === 'TSExportAssignment') ||
    /\.m[jt]s$/i.test(path)
  )
    return false;
  let found = /\.c[jt]s$/i.test(path);
  visit(ast, visitorKeys, (node) => {
    found ||= (node.type === 'CallExpression' && isRequireCall(node)) || isModuleExports(node);
    return !found;
  });
  return found;
}

export const isImport = (node: TSESTree.Node): boolean =>
  node.type === 'ImportDeclaration' || node.type === 'TSImportEqualsDeclaration';

export const isRequireCall = (node: TSESTree.CallExpression): boolean =>
  node.callee.type === 'Identifier' && node.callee.name === 'require';

const isModuleExports = (node: TSESTree.Node): boolean =>
  node.type === 'MemberExpression' &&
  node.object.type === 'Identifier' &&
  (node.object.name === 'exports' ||
    (node.object.name === 'module' && node.property.type === 'Identifier' && node.property.name === 'exports'));
