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

/** The package manager that writes each lock file. */
const LOCK_FILES = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'deno.lock': 'deno',
} as const;

/** The files in which Deno keeps its dependencies if there is no `package.json`. */
const DENO = ['deno.json', 'deno.jsonc'];

export interface ManifestWriter {
  /** Replaces the text of the file. Returns why it could not, or null. */
  readonly write: (path: string, before: string, after: string, dependency: AddedDependency) => string | null;
  /** The dependency that an earlier part of this run has added to the file. */
  readonly findDone: (path: string) => AddedDependency | null;
}

/** Adds the helper to the `package.json` of each package with a file that imports it now. */
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
 * The nearest `package.json` above the folder. One that only marks the module type of a folder, such as
 * `{"type": "commonjs"}`, is passed over if there is another above it in the repository.
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
    return false; // `addTo` will report what is wrong
  }
}

/** The search ends at the root of the repository: files above it belong to something else. */
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
 * The text with the dependency added, or unchanged if it has the dependency already; null where the text, or its
 * `dependencies`, is no JSON object. A development dependency is moved: npm leaves it out of production installs, even
 * if `dependencies` has it too.
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

/** The range of the dependency in the text. */
function findRange(text: string, name: string): string {
  const node = findNodeAtLocation(parseTree(text)!, ['dependencies', name]);
  return String(node ? getNodeValue(node) : helperRange());
}

/** The text's own format: the indentation is that of the first indented line. */
function findFormat(text: string): { tabSize: number; insertSpaces: boolean; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    insertSpaces: !indent.startsWith('\t'),
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** A range that includes the version of the helper that is installed with this program. */
function helperRange(): string {
  const { version } = createRequire(import.meta.url)(`${HELPER}/package.json`) as { version: string };
  return `^${version}`;
}

function findInstallCommand(folder: string): string {
  const lock = findInRepository(folder, Object.keys(LOCK_FILES));
  return `${lock === null ? 'npm' : LOCK_FILES[basename(lock) as keyof typeof LOCK_FILES]} install`;
}
