/** A tree of source files such as people have, and what it takes to run programs over it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { catalog } from '../src/providers/catalog.ts';

/** On the sample behind the design, 758 of 12,796 files held a `for await`. */
const FILES_PER_LOOP = 17;

export const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Small files of ordinary code; some hold one of the catalog's examples. The same on every run. */
export function writeTree(root: string, files: number): string {
  const examples = catalog.flatMap(({ apis }) => apis.map(({ example }) => example));
  for (let index = 0; index < files; index++) {
    const folder = join(root, `package-${Math.floor(index / 100)}`, 'src');
    if (index % 100 === 0) mkdirSync(folder, { recursive: true });
    const example = index % FILES_PER_LOOP === 0 ? examples[(index / FILES_PER_LOOP) % examples.length]! : '';
    writeFileSync(join(folder, `module-${index}.ts`), example + fillerOf(index));
  }
  return root;
}

/** Some 100 lines, 3 KB: the median of the sample. */
function fillerOf(index: number): string {
  const functions = Array.from(
    { length: 10 },
    (_, number) => `
/** Gathers what is worth keeping of list ${number}. */
export async function gather${number}(items: readonly Item[], limit = ${index % 50}): Promise<Map<string, Item[]>> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (item.weight < limit || item.name.startsWith('${index}-')) continue;
    const group = groups.get(item.name) ?? [];
    groups.set(item.name, [...group, { ...item, weight: item.weight * ${number + 1} }]);
  }
  return groups;
}
`,
  );
  return `export interface Item {\n  readonly name: string;\n  readonly weight: number;\n}\n${functions.join('')}`;
}

export interface Run {
  readonly stdout: string;
  readonly milliseconds: number;
  /** The most memory that the process held at any time; the children's is not in it. */
  readonly megabytes: number;
}

/** Tells the most that a process ever held, as it ends. */
const TELL_MEMORY = `data:text/javascript,${encodeURIComponent("process.on('exit', () => process.stderr.write(`\\nmaxRSS ${process.resourceUsage().maxRSS}\\n`))")}`;

/**
 * A whole Node process, from its start to its end. Exit codes up to `highest` say what was found, not that it failed.
 */
export function runNode(
  argv: readonly string[],
  { cwd, highest = 0 }: { readonly cwd?: string; readonly highest?: number } = {},
): Run {
  const start = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', TELL_MEMORY, ...argv], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const milliseconds = performance.now() - start;
  if (status === null || status > highest) throw new Error(`${argv.join(' ')} ended with ${status}:\n${stderr}`);
  // Threads tell it too, each as it ends.
  const told = [...stderr.matchAll(/maxRSS (\d+)/g)].map(([, kilobytes]) => Number(kilobytes));
  return { stdout, milliseconds, megabytes: Math.max(...told) / 1_000 };
}
