#!/usr/bin/env node
import { run } from './program.ts';
import { processTerminal } from './terminal/terminal.ts';

// `resilient-stream list | head` closes the pipe early. Nobody reads the rest, so that is no error, and `migrate` must
// still finish its work.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Not process.exit(): it would drop output that is not yet written.
process.exitCode = await run(process.argv.slice(2), processTerminal);
