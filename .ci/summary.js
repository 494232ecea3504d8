// Prints how many tests the runs executed, read from vitest's JSON reports; fails where one of them executed none.
import { readFileSync } from 'node:fs';

const runs = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
for (const run of runs) {
  if (run.numPassedTests + run.numFailedTests === 0) {
    console.error('A run executed no test.');
    process.exitCode = 1;
  }
}
const failed = sum('numFailedTests');
if (failed > 0) process.exitCode = 1;
console.log(
  `tests: ${sum('numPassedTests')} passed, ${failed} failed, ${sum('numPendingTests') + sum('numTodoTests')} skipped`,
);
