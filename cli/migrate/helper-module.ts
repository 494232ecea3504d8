import type { ExaminedFile } from '../examine/examine-files.ts';
import { writeNote } from '../terminal/messages.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Vendored } from './vendor.ts';

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** The module that a file imports the helper from: `helper`, or the path to the copy that `--vendor` makes. */
export async function createHelperSearch(
  helper: string,
  vendored: Vendored | null,
  terminal: Terminal,
): Promise<(file: ExaminedFile) => string> {
  if (!vendored) return () => helper;
  // These load TypeScript, which reads the configurations.
  const [{ printSpecifier }, { TsConfigs }] = await Promise.all([
    import('./vendored-specifier.ts'),
    import('../types/tsconfig.ts'),
  ]);
  const configs = new TsConfigs(() => {}); // the type proof reports broken configurations
  let isNoted = /ts$/.test(vendored.path);
  return ({ source: { path }, parsed }) => {
    if (!isNoted && TYPESCRIPT.test(path)) {
      isNoted = true;
      writeNote('a helper in JavaScript has no types; for TypeScript, let --vendor name a .ts file.', terminal);
    }
    return printSpecifier({ path, source: parsed, target: vendored.path, configs });
  };
}
