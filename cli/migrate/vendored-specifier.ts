import { existsSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import type { TSESTree } from '@typescript-eslint/utils';
import { ts } from 'ts-morph';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { TsConfig, TsConfigs } from '../types/tsconfig.ts';

/** The ending in a program's imports of TypeScript files: that of the output (`.js`), their own (`.ts`), or none. */
type Ending = 'js' | 'ts' | 'none';

const SOURCE_ENDING = /\.[cm]?([jt]s)x?$/;

interface ImportPlace {
  /** The file that imports the helper. */
  readonly path: string;
  readonly source: ParsedSource;
  /** The path of the copy of the helper. */
  readonly target: string;
  readonly configs: TsConfigs;
}

/** The module specifier by which the file imports the copy of the helper. */
export function printSpecifier({ path, source, target, configs }: ImportPlace): string {
  const way = relative(dirname(path), target).split(sep).join('/');
  const specifier = way.startsWith('.') ? way : `./${way}`;
  const extension = extname(target);
  if (!/ts$/.test(extension)) return specifier;
  const ending = findEndingOfImports(path, source) ?? chooseEnding(configs.findFor(path));
  if (ending === 'ts') return specifier;
  // Without an ending, no module resolution finds a `.mts` file.
  return ending === 'none' && extension === '.ts'
    ? specifier.slice(0, -extension.length)
    : specifier.replace(/ts$/, 'js');
}

/** The ending that the file's own relative imports have; null where they do not show it. */
function findEndingOfImports(path: string, { ast }: ParsedSource): Ending | null {
  for (const specifier of ast.body.flatMap(specifiersOf)) {
    if (!/^\.\.?\//.test(specifier)) continue;
    const [, kind] = SOURCE_ENDING.exec(specifier) ?? [];
    if (kind === 'ts') return 'ts';
    // If the `.js` file exists, the import names a JavaScript file, and shows nothing about TypeScript files.
    if (kind === 'js' && !existsSync(join(dirname(path), specifier))) return 'js';
    if (
      kind === undefined &&
      ['.ts', '.tsx'].some((extension) => existsSync(join(dirname(path), specifier + extension)))
    )
      return 'none';
  }
  return null;
}

function specifiersOf(node: TSESTree.Node): string[] {
  const isModuleNode =
    node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration';
  return isModuleNode && node.source ? [node.source.value] : [];
}

/** The ending that the configuration allows. Without a configuration, the `.ts` files run directly and need `.ts`. */
function chooseEnding(config: TsConfig | null): Ending {
  const options = config?.options;
  if (!options || options.allowImportingTsExtensions || options.rewriteRelativeImportExtensions) return 'ts';
  const { module = ts.ModuleKind.None, moduleResolution } = options;
  const isOfNode =
    moduleResolution === undefined
      ? module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext
      : moduleResolution === ts.ModuleResolutionKind.Node16 || moduleResolution === ts.ModuleResolutionKind.NodeNext;
  return isOfNode ? 'js' : 'none';
}
