/**
 * `npm run generate` writes what is made from other files; with `--check` it writes nothing, and fails where something
 * is out of date.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findComplaints, findGenerated, findStale, write } from './generated-files.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const files = await findGenerated(root);
const stale = findStale(root, files);

if (!values.check) write(root, stale);
for (const { path, text } of stale) {
  if (values.check)
    console.error(`${path} is ${text === null ? 'left over' : 'out of date'}; run \`npm run generate\`.`);
  else console.log(`${path} ${text === null ? 'removed' : 'written'}`);
}

const complaints = findComplaints(root);
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0 || (values.check && stale.length > 0)) process.exitCode = 1;
