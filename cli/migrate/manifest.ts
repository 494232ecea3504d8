import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  modify,
  type Node,
  parseTree,
  type ParseError,
} from 'jsonc-parser';
import { type FaultLog, reasonOf } from '../terminal/faults.ts';
import { showPath } from '../files/find-files.ts';
import { findAbove } from '../files/folders-above.ts';
import { findRepository } from '../files/gitignore.ts';
import type { AddedDependency } from '../reports/json-shapes.ts';
import type { Terminal } from '../terminal/terminal.ts';

const HELPER = 'resilient-stream';

/** The package manager that each lock file is of. */
const LOCK_FILES = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'deno.lock': 'deno',
} as const;

/** Without a `package.json`, Deno keeps its dependencies there. */
const DENO = ['deno.json', 'deno.jsonc'];

export interface ManifestWriter {
  /** Puts one text in the place of another; why it did not, or null. */
  readonly write: (path: string, before: string, after: string, dependency: AddedDependency) => string | null;
  /** What an earlier part of the same run has added. */
  readonly findDone: (path: string) => AddedDependency | null;
}

/** Adds the helper to the nearest package's `package.json` of each file that imports it now. */
export function addHelper(
  files: readonly string[],
  writer: ManifestWriter,
  terminal: Terminal,
  faults: FaultLog,
): AddedDependency[] {
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const manifests = new Set(folders.map(findManifest));
  const without = folders.filter((folder) => findManifest(folder) === null);
  const installs = [
    ...new Set(
      without.map((folder) =>
        findInRepository(folder, DENO) === null ? `npm install ${HELPER}` : `deno add npm:${HELPER}`,
      ),
    ),
  ];
  const byHand = installs.map((install) => ({ file: null, name: HELPER, range: helperRange(), install }));
  return [
    ...[...manifests].sort().flatMap((path) => (path === null ? [] : (addTo(path, writer, terminal, faults) ?? []))),
    ...byHand,
  ];
}

/**
 * The nearest `package.json`, but for those that only say how the files beside them are to be read, where a package
 * holds these.
 */
function findManifest(folder: string): string | null {
  const nearest = findInRepository(folder, ['package.json']);
  for (let path = nearest; path !== null; path = findInRepository(dirname(dirname(path)), ['package.json'])) {
    if (!isMarker(path)) return path;
    if (dirname(path) === findRepository(folder) || dirname(dirname(path)) === dirname(path)) break;
  }
  return nearest;
}

const MARKS = new Set(['type', 'sideEffects', 'private']);

function isMarker(path: string): boolean {
  try {
    return Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object).every((key) => MARKS.has(key));
  } catch {
    return false; // writing to it will say what is wrong
  }
}

/** What lies beyond the repository is somebody else's. */
const findInRepository = (folder: string, names: readonly string[]): string | null =>
  findAbove(folder, names, findRepository(folder));

function addTo(path: string, writer: ManifestWriter, { cwd }: Terminal, faults: FaultLog): AddedDependency | null {
  const file = showPath(cwd, path);
  const fail = (message: string): null => {
    faults.add({ kind: 'failed', place: file, at: null, message });
    return null;
  };
  const byHand = `add "${HELPER}": "${helperRange()}" to its dependencies by hand`;
  try {
    const before = readFileSync(path, 'utf8');
    const bom = before.startsWith('\uFEFF') ? '\uFEFF' : '';
    const after = addDependency(before.slice(bom.length), HELPER, helperRange());
    if (after === null) return fail(`is no JSON object, or its dependencies are none; ${byHand}`);
    if (bom + after === before) return writer.findDone(path);
    const dependency = {
      file,
      name: HELPER,
      range: findRange(after, HELPER),
      install: findInstallCommand(dirname(path)),
    };
    const failure = writer.write(path, before, bom + after, dependency);
    return failure === null ? dependency : fail(`${failure}; ${byHand}`);
  } catch (error) {
    return fail(`cannot be read: ${reasonOf(error)}; ${byHand}`);
  }
}

/**
 * The text with one line more, or as it was where the dependency is there already; null where it is no JSON object with
 * dependencies. A development dependency is moved: npm would leave it out of production, even where it stands in both.
 */
export function addDependency(text: string, name: string, range: string): string | null {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors);
  const section = tree && findNodeAtLocation(tree, ['dependencies']);
  if (tree?.type !== 'object' || errors.length > 0 || (section && section.type !== 'object')) return null;
  const names = namesIn(tree, 'dependencies');
  if (namesIn(tree, 'peerDependencies').includes(name) || namesIn(tree, 'optionalDependencies').includes(name))
    return text;
  const formattingOptions = findFormat(text);
  const moved = findNodeAtLocation(tree, ['devDependencies', name]);
  const before = moved
    ? applyEdits(
        text,
        modify(
          text,
          namesIn(tree, 'devDependencies').length === 1 ? ['devDependencies'] : ['devDependencies', name],
          undefined,
          { formattingOptions },
        ),
      )
    : text;
  if (names.includes(name)) return before;
  const isSorted = names.every((other, index) => index === 0 || names[index - 1]! <= other);
  const place = names.findIndex((other) => other > name);
  const edits = modify(before, ['dependencies', name], moved ? getNodeValue(moved) : range, {
    formattingOptions,
    ...(names.length > 0 && isSorted && { getInsertionIndex: () => (place === -1 ? names.length : place) }),
  });
  return applyEdits(before, edits);
}

function namesIn(tree: Node, section: string): string[] {
  const node = findNodeAtLocation(tree, [section]);
  return node?.type === 'object' ? Object.keys(getNodeValue(node) as object) : [];
}

/** As the text has it, which was there before or has been added. */
function findRange(text: string, name: string): string {
  const node = findNodeAtLocation(parseTree(text)!, ['dependencies', name]);
  return String(node ? getNodeValue(node) : helperRange());
}

/** The indentation is that of the first line that has one. */
function findFormat(text: string): { tabSize: number; insertSpaces: boolean; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    insertSpaces: !indent.startsWith('\t'),
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** A range that the helper's version, which came with us, is in. */
function helperRange(): string {
  const { version } = createRequire(import.meta.url)(`${HELPER}/package.json`) as { version: string };
  return `^${version}`;
}

function findInstallCommand(folder: string): string {
  const lock = findInRepository(folder, Object.keys(LOCK_FILES));
  return `${lock === null ? 'npm' : LOCK_FILES[basename(lock) as keyof typeof LOCK_FILES]} install`;
}
