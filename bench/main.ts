/** `npm run bench` runs all; `npm run bench -- DIR` times `list` over that tree. */
import { runListBench } from './list.ts';

const [directory] = process.argv.slice(2);
const { runHelperBench } = await import('./helper.ts');

await runHelperBench();
console.log();
await runListBench(directory);
