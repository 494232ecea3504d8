#!/usr/bin/env node
import { run } from './program.ts';
import { processTerminal } from './terminal/terminal.ts';

// `resilient-stream list | head` closes the pipe early: nobody is left to tell. `migrate` still does its work to the
// end.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Not process.exit(): it would cut off output that is still on its way.
process.exitCode = await run(process.argv.slice(2), processTerminal);
