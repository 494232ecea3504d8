import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: true;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

const read = (folder: string): Manifest =>
  JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8')) as Manifest;
const house = read('.');
const plugin = read('packages/eslint-plugin-resilient-stream');
const helper = read('src/resilient-stream');
const cli = read('packages/resilient-stream-cli');

/** The packages that modules import, late imports too; types are gone by then. */
function findImportedPackages(folder: string): string[] {
  const found = globSync('**/*.js', { cwd: `${root}/${folder}`, absolute: true }).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const { staticImports, dynamicImports } = parseSync(file, text).module;
    return [
      ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1)),
    ];
  });
  const packages = found.filter((request) => !/^(?:\.|node:)/.test(request));
  return [...new Set(packages.map((request) => /^(?:@[^/]+\/)?[^/]+/.exec(request)![0]))].sort();
}

describe('the three packages', () => {
  it('have one version, and name each other by it', () => {
    expect([plugin, helper, cli].map(({ version }) => version)).toEqual(Array(3).fill(house.version));
    expect(cli.dependencies).toMatchObject({
      [plugin.name]: house.version,
      [helper.name]: `^${house.version}`,
    });
    expect(house.private).toBe(true);
  });

  it('the plugin and the helper depend on nothing', () => {
    expect([plugin, helper].map(({ dependencies }) => dependencies)).toEqual([undefined, undefined]);
    expect(findImportedPackages('packages/eslint-plugin-resilient-stream/dist')).toEqual([]);
  });

  it('the command line depends on what it imports, and requires two more by name', () => {
    const required = ['jscodeshift', 'resilient-stream'];
    expect([...findImportedPackages('packages/resilient-stream-cli/dist'), ...required].sort()).toEqual(
      Object.keys(cli.dependencies!).sort(),
    );
  });

  it('export modules by name', () => {
    const names = [plugin, helper, cli].flatMap(({ exports }) => Object.keys(exports!));
    expect(names.filter((name) => name.includes('*'))).toEqual([]);
  });
});

it('the house has an exact version of each dependency of the command line', () => {
  const wanted = Object.keys(cli.dependencies!).filter((name) => name !== plugin.name && name !== helper.name);
  const pinned = wanted.map((name) => [name, house.devDependencies?.[name]]);
  expect(pinned.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version ?? ''))).toEqual([]);
});
