/**
 * Puts together what is published: of what the build made, each package in `packages` gets the part that is its own.
 * Everything that this writes is ignored by git.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { codemods } from '../codemods/all.ts';
import { bundlePlugin } from './bundle-plugin.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist');

await assemblePlugin(emptyPackage('eslint-plugin-resilient-stream'));
assembleCommandLine(emptyPackage('resilient-stream-cli'));

async function assemblePlugin(folder: string): Promise<void> {
  await bundlePlugin(root, join(folder, 'dist/plugin.js'));
  const types = findModules([join(built, 'rules/plugin.d.ts')]);
  for (const file of types) copy(file, join(folder, 'dist', relative(join(built, 'rules'), file)));
  // The pages of rules link to the other two.
  for (const page of ['rules', 'providers.md', 'truth-table.md'])
    copy(join(root, 'docs', page), join(folder, 'docs', page));
}

/** Module by module, as it is tested. The transforms are where `jscodeshift -t` and `exports` find them. */
function assembleCommandLine(folder: string): void {
  const transforms = codemods.map(({ name }) => name);
  const modules = findModules(
    ['cli/main.js', ...transforms.map((name) => `codemods/${name}.js`)].map((file) => join(built, file)),
  );
  const published = [...modules, join(built, 'codemods/contract/transform.d.ts'), join(built, 'vendored')];
  for (const file of published) copy(file, join(folder, 'dist', relative(built, file)));
  for (const name of transforms) {
    write(join(folder, `codemods/${name}.js`), `export { default } from '../dist/codemods/${name}.js';\n`);
    write(
      join(folder, `codemods/${name}.d.ts`),
      `import type { Transform } from '../dist/codemods/contract/transform.js';\n\ndeclare const transform: Transform;\nexport default transform;\n`,
    );
  }
  for (const page of readdirSync(join(root, 'docs'), { withFileTypes: true }))
    if (page.isFile()) copy(join(root, 'docs', page.name), join(folder, 'docs', page.name));
  copy(join(root, 'examples/scale'), join(folder, 'examples/scale'));
}

/** The folder of a package, with nothing left of an earlier build in it. */
function emptyPackage(name: string): string {
  const folder = join(root, 'packages', name);
  for (const made of ['dist', 'docs', 'codemods', 'examples'])
    rmSync(join(folder, made), { recursive: true, force: true });
  for (const file of ['LICENSE', 'CHANGELOG.md']) copy(join(root, file), join(folder, file));
  return folder;
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Built modules and all that they import of the house, late imports too. Types import by the names of their modules. */
function findModules(entries: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const request of importsOf(file)) if (request.startsWith('.')) visit(join(dirname(file), request));
  };
  entries.forEach(visit);
  return [...found];
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const requests = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
    // The program of a worker.
    ...[...text.matchAll(/new URL\('([^']+\.js)', import\.meta\.url\)/g)].map(([, request]) => request!),
  ];
  return file.endsWith('.d.ts') ? requests.map((request) => request.replace(/(?:\.d)?\.[jt]s$/, '.d.ts')) : requests;
}
