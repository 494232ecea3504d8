/**
 * `npm run bench` runs all; `npm run bench -- list`, `check`, `migrate` or `helper` one of them; `-- list DIR`, `--
 * check DIR` over that tree, `-- list --full` over one of 12,800 files.
 */
import { runCheckBench } from './check.ts';
import { runListBench } from './list.ts';

const [name, ...rest] = process.argv.slice(2);
const [directory] = rest.filter((argument) => !argument.startsWith('--'));

const benches: Record<string, () => Promise<void> | void> = {
  helper: async () => (await import('./helper.ts')).runHelperBench(),
  list: () => runListBench({ directory, full: rest.includes('--full') }),
  check: () => runCheckBench(directory),
  migrate: async () => (await import('./migrate.ts')).runMigrateBench(),
};

const chosen = name === undefined ? Object.values(benches) : [benches[name]];
for (const bench of chosen) {
  if (!bench) throw new Error(`There is no benchmark '${name}'; there are ${Object.keys(benches).join(', ')}.`);
  await bench();
  console.log();
}
