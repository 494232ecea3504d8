import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The lower may not import the higher; the helper imports nobody and nobody imports it. */
const LAYERS = ['src/providers', 'src/analysis', 'codemods', 'rules', 'cli'];
const HELPER = 'src/resilient-stream';

const files = globSync(
  [...LAYERS, HELPER].map((layer) => `${layer}/**/*.ts`),
  { cwd: root, ignore: ['**/dist/**', '**/*.d.ts', '**/node_modules/**'] },
);

const importsOf = (file: string): string[] => {
  const { module } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      readFileSync(join(root, file), 'utf8').slice(moduleRequest.start + 1, moduleRequest.end - 1),
    ),
  ];
  return [...new Set(requests)];
};
const inHouse = (file: string): string[] =>
  importsOf(file)
    .filter((request) => request.startsWith('.'))
    .map((request) => relative(root, join(root, dirname(file), request)).replaceAll('\\', '/'));

const layerOf = (file: string): number => LAYERS.findIndex((layer) => file.startsWith(`${layer}/`));

describe('imports', () => {
  it('go downward only: cli, rules, codemods, src/analysis, src/providers', () => {
    const upward = files
      .filter((file) => layerOf(file) !== -1)
      .flatMap((file) =>
        inHouse(file)
          .filter((imported) => layerOf(imported) > layerOf(file) || layerOf(imported) === -1)
          .map((imported) => `${file} imports ${imported}`),
      );
    expect(upward).toEqual([]);
  });

  it('of the helper stay inside its folder and name no package but the optional peer of `resilient-stream/otel`', () => {
    const isPeer = (file: string, request: string): boolean =>
      file === `${HELPER}/otel.ts` && request === '@opentelemetry/api';
    const outward = files
      .filter((file) => file.startsWith(`${HELPER}/`))
      .flatMap((file) =>
        importsOf(file)
          .filter(
            (request) =>
              (!request.startsWith('.') && !isPeer(file, request)) ||
              (request.startsWith('.') && inHouse(file).some((imported) => !imported.startsWith(`${HELPER}/`))),
          )
          .map((request) => `${file} imports ${request}`),
      );
    expect(outward).toEqual([]);
  });

  it('make no circle', () => {
    const done = new Set<string>();
    const findCircle = (file: string, path: readonly string[]): string[] | null => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return null;
      for (const imported of inHouse(file)) {
        const circle = findCircle(imported, [...path, file]);
        if (circle) return circle;
      }
      done.add(file);
      return null;
    };
    const circles = files.map((file) => findCircle(file, [])).filter((circle) => circle !== null);
    expect(circles).toEqual([]);
  });
});

describe('names', () => {
  it('of folders tell a question, not a user', () => {
    expect(files.filter((file) => /(?:^|\/)(?:utils?|helpers?|lib|shared|misc|common)(?:\/|\.ts$)/.test(file))).toEqual(
      [],
    );
  });

  it('of tests mirror what they test', () => {
    const tests = globSync('test/{rules,codemods}/*-*.test.ts', { cwd: root });
    expect(tests.filter((test) => !files.includes(test.replace(/^test\//, '').replace('.test.ts', '.ts')))).toEqual([]);
  });
});
