import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The lower may not import the higher; the helper imports nobody and nobody imports it. */
const LAYERS = ['src/providers', 'src/analysis', 'codemods', 'rules', 'cli'];
const HELPER = 'src/resilient-stream';

/** In these folders a room imports the rooms before it, and those beside it; the files of no room import them all. */
const ORDERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'src/analysis': [
    ['source'],
    ['values', 'facts'],
    ['loops'],
    ['origin', 'limits', 'gaps', 'bytes'],
    ['answer'],
    ['errors'],
    ['retries'],
  ],
  codemods: [['contract'], ['text'], ['options', 'types'], ['uses'], ['again'], ['wrap', 'sse']],
  [HELPER]: [['protocols'], ['wire'], ['loop', 'testing']],
};

/** A room per command, and what the commands have in common. */
const CLI_ROOMS = ['check', 'examine', 'files', 'formats', 'list', 'migrate', 'reports', 'terminal', 'types'];

/** More files in one folder are too many to look over, but for folders with one file per thing. */
const MANY_FILES = 16;
const ONE_FILE_PER_THING = ['codemods', 'rules', 'src/providers', `${HELPER}/protocols`];
/** What `codemods` holds beside one file per codemod. */
const NO_CODEMOD = ['all', 'rewrite', 'transform', 'proof'];

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

const foldersIn = (root: string): string[] =>
  [...new Set(files.map(dirname))].filter((folder) => dirname(folder) === root);

describe.each(Object.entries(ORDERS))('the rooms of %s', (folder, ranks) => {
  /** Null for a file that is in none. */
  const roomOf = (file: string): string | null =>
    file.startsWith(`${folder}/`) && file.slice(folder.length + 1).includes('/')
      ? file.slice(folder.length + 1).split('/')[0]!
      : null;
  const rankOf = (file: string): number => {
    const room = roomOf(file);
    return room === null ? ranks.length : ranks.findIndex((rank) => rank.includes(room));
  };
  const imports = files
    .filter((file) => file.startsWith(`${folder}/`))
    .flatMap((file) =>
      inHouse(file)
        .filter((imported) => imported.startsWith(`${folder}/`))
        .map((imported) => ({ file, imported })),
    );

  it('are these', () => {
    expect(foldersIn(folder).sort()).toEqual(
      ranks
        .flat()
        .map((room) => `${folder}/${room}`)
        .sort(),
    );
  });

  it('import no room that comes later', () => {
    expect(
      imports
        .filter(({ file, imported }) => rankOf(imported) > rankOf(file))
        .map(({ file, imported }) => `${file} imports ${imported}`),
    ).toEqual([]);
  });

  it('make no circle', () => {
    const uses = (room: string): string[] =>
      imports.flatMap(({ file, imported }) =>
        roomOf(file) === room && roomOf(imported) !== null && roomOf(imported) !== room ? [roomOf(imported)!] : [],
      );
    const reaches = (from: string, room: string, seen: Set<string>): boolean =>
      [...new Set(uses(from))].some(
        (next) => next === room || (!seen.has(next) && reaches(next, room, seen.add(next))),
      );
    expect(ranks.flat().filter((room) => reaches(room, room, new Set()))).toEqual([]);
  });
});

it('the rooms of cli are these', () => {
  expect(foldersIn('cli').sort()).toEqual(CLI_ROOMS.map((room) => `cli/${room}`));
});

it('the proof of an edit imports the contract of a codemod and nothing else of the house', () => {
  expect(inHouse('codemods/proof.ts').filter((imported) => !imported.startsWith('codemods/contract/'))).toEqual([]);
});

describe('a folder', () => {
  const all = [...files, ...globSync(['generate/**/*.ts', 'bench/**/*.ts'], { cwd: root })];

  it(`holds at most ${MANY_FILES} files, or one file per thing`, () => {
    const crowded = [...new Set(all.map(dirname))].filter(
      (folder) =>
        !ONE_FILE_PER_THING.includes(folder) && all.filter((file) => dirname(file) === folder).length > MANY_FILES,
    );
    expect(crowded).toEqual([]);
  });

  it('named `codemods` holds one file per codemod, and what is about all of them', () => {
    const list = readFileSync(join(root, 'codemods/all.ts'), 'utf8');
    const others = files
      .filter((file) => dirname(file) === 'codemods')
      .map((file) => basename(file, '.ts'))
      .filter((name) => !NO_CODEMOD.includes(name) && !list.includes(`'./${name}.ts'`));
    expect(others).toEqual([]);
  });
});

describe('names', () => {
  it('of folders tell a question, not a user', () => {
    expect(files.filter((file) => /(?:^|\/)(?:utils?|helpers?|lib|shared|misc|common)(?:\/|\.ts$)/.test(file))).toEqual(
      [],
    );
  });

  it('of tests in a folder without rooms are those of what they test', () => {
    const tests = globSync('test/{rules,codemods}/*-*.test.ts', { cwd: root });
    expect(tests.filter((test) => !files.includes(test.replace(/^test\//, '').replace('.test.ts', '.ts')))).toEqual([]);
  });
});

describe('tests', () => {
  /** The real SDKs are no folder of ours. */
  const BESIDE = [`${HELPER}/real-sdks`];
  const sources = [...files, ...globSync('generate/*.ts', { cwd: root })];
  const tests = globSync('test/{src,codemods,rules,cli,generate}/**/*.test.ts', { cwd: root })
    .map((test) => test.replace(/^test\//, '').replace('.test.ts', '.ts'))
    .filter((test) => !BESIDE.includes(dirname(test)));

  it('stand in a folder that mirrors one of the house', () => {
    const folders = new Set(sources.flatMap((file) => [dirname(file), dirname(dirname(file))]));
    expect(tests.filter((test) => !folders.has(dirname(test)))).toEqual([]);
  });

  it('with the name of a file stand where that file stands', () => {
    const packageOf = (file: string): string =>
      [...LAYERS, HELPER, 'generate'].find((each) => file.startsWith(`${each}/`))!;
    const strayed = tests.filter((test) => {
      const namesakes = sources.filter(
        (file) => basename(file) === basename(test) && packageOf(file) === packageOf(test),
      );
      return namesakes.length > 0 && !namesakes.includes(test);
    });
    expect(strayed).toEqual([]);
  });
});
