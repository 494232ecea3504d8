/** Stock jscodeshift over a list of files, as a process. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Run, runNode } from './tree.ts';

const runner = createRequire(import.meta.url).resolve('jscodeshift/src/Runner.js');

export interface JscodeshiftRun {
  readonly run: Run;
  /** Files that the transform changes; the run is a dry one. */
  readonly changed: number;
}

/**
 * In a process of its own: its workers take over the flags of the process that starts them, and this one's load
 * TypeScript.
 */
export function prepareJscodeshift(scratch: string, source: string, files: readonly string[]): () => JscodeshiftRun {
  const [transform, list, main] = ['transform.cjs', 'files.json', 'run.cjs'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(transform, `${source}\nmodule.exports.parser = 'tsx';\n`);
  writeFileSync(list, JSON.stringify(files));
  writeFileSync(
    main,
    `const { run } = require(${JSON.stringify(runner)});
run(${JSON.stringify(transform)}, require(${JSON.stringify(list)}), { dry: true, silent: true, verbose: -1, extensions: 'js,jsx,mjs,cjs,ts,tsx,mts,cts' })
  .then(({ ok, nochange, skip, error }) => console.log(JSON.stringify([ok, nochange, skip, error])));
`,
  );
  return () => {
    const run = runNode([main]);
    const [ok, nochange, skip, error] = JSON.parse(run.stdout) as [number, number, number, number];
    // A transform that fails to load makes it end at once, and happily.
    if (ok + nochange + skip + error !== files.length)
      throw new Error(`jscodeshift took ${ok + nochange + skip + error} of ${files.length} files.`);
    return { run, changed: ok };
  };
}
