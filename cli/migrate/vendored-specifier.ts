import { existsSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import type { TSESTree } from '@typescript-eslint/utils';
import { ts } from 'ts-morph';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { TsConfigs } from '../types/tsconfig.ts';

/** How a program names its TypeScript files: as what they become, as they are, or without an ending. */
type Ending = 'js' | 'ts' | 'none';

const SOURCE_ENDING = /\.[cm]?([jt]s)x?$/;

/** What stands behind `from` in the file at `path` to import the one at `target`. */
export function printSpecifier(path: string, source: ParsedSource, target: string, configs: TsConfigs): string {
  const way = relative(dirname(path), target).split(sep).join('/');
  const specifier = way.startsWith('.') ? way : `./${way}`;
  const extension = extname(target);
  if (!/ts$/.test(extension)) return specifier;
  const ending = findEndingOfImports(path, source) ?? findEndingOfConfig(configs, path);
  if (ending === 'ts') return specifier;
  // A program finds no `.mts` without an ending.
  return ending === 'none' && extension === '.ts'
    ? specifier.slice(0, -extension.length)
    : specifier.replace(/ts$/, 'js');
}

/** As the file's own imports of its neighbours end; null where it has none that tells. */
function findEndingOfImports(path: string, { ast }: ParsedSource): Ending | null {
  for (const specifier of ast.body.flatMap(findSpecifier)) {
    if (!/^\.\.?\//.test(specifier)) continue;
    const [, kind] = SOURCE_ENDING.exec(specifier) ?? [];
    if (kind === 'ts') return 'ts';
    // Of a file in JavaScript, its ending says nothing of those in TypeScript.
    if (kind === 'js' && !existsSync(join(dirname(path), specifier))) return 'js';
    if (
      kind === undefined &&
      ['.ts', '.tsx'].some((extension) => existsSync(join(dirname(path), specifier + extension)))
    )
      return 'none';
  }
  return null;
}

function findSpecifier(node: TSESTree.Node): string[] {
  const isModuleNode =
    node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration';
  return isModuleNode && node.source ? [node.source.value] : [];
}

/** Without a compiler, what runs the file wants to be told what it is to find. */
function findEndingOfConfig(configs: TsConfigs, path: string): Ending {
  const options = configs.findFor(path)?.options;
  if (!options || options.allowImportingTsExtensions || options.rewriteRelativeImportExtensions) return 'ts';
  const { module = ts.ModuleKind.None, moduleResolution } = options;
  const isOfNode =
    moduleResolution === undefined
      ? module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext
      : moduleResolution === ts.ModuleResolutionKind.Node16 || moduleResolution === ts.ModuleResolutionKind.NodeNext;
  return isOfNode ? 'js' : 'none';
}
