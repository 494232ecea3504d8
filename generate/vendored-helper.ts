/** Writes the helper as one file, for `migrate --vendor` to copy: dist/vendored/resilient-stream.{ts,js,cjs}. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { bundleModules } from './bundle-modules.ts';

const helper = fileURLToPath(new URL('../src/resilient-stream/', import.meta.url));
const target = fileURLToPath(new URL('../dist/vendored/', import.meta.url));

const { version } = JSON.parse(readFileSync(`${helper}package.json`, 'utf8')) as { version: string };
const licence = readFileSync(`${helper}LICENSE`, 'utf8').trim().split('\n');
const header = `/*! resilient-stream ${version}, in one file.
 *
 * Reads a language model's stream so that a cut answer can never pass for a whole one. Copied by \`resilient-stream migrate --vendor\`, which
 * leaves it alone while the version above is its own, and replaces it where it is another.
 *
${licence.map((line) => ` * ${line}`.trimEnd()).join('\n')}
 */
/* eslint-disable */`;

const config = ts.getParsedCommandLineOfConfigFile(
  `${helper}tsconfig.json`,
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  },
)!;
const { typescript, esModule, commonJs } = bundleModules(`${helper}index.ts`, config.options, header);
mkdirSync(target, { recursive: true });
for (const [ending, text] of Object.entries({ ts: typescript, js: esModule, cjs: commonJs }))
  writeFileSync(`${target}resilient-stream.${ending}`, text);
