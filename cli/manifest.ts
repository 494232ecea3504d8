import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { applyEdits, findNodeAtLocation, getNodeValue, modify, type Node, parseTree, type ParseError } from 'jsonc-parser';
import { type FaultLog, reasonOf } from './faults.ts';
import { showPath } from './find-files.ts';
import { findAbove } from './folders-above.ts';
import type { AddedDependency } from './shapes.ts';
import type { Terminal } from './terminal.ts';

const HELPER = 'resilient-stream';

/** The install command that each lock file calls for. */
const LOCK_FILES = {
  'package-lock.json': 'npm install',
  'npm-shrinkwrap.json': 'npm install',
  'pnpm-lock.yaml': 'pnpm install',
  'yarn.lock': 'yarn install',
  'bun.lock': 'bun install',
  'bun.lockb': 'bun install',
} as const;

export interface ManifestWriter {
  /** Puts one text in the place of another; why it did not, or null. */
  readonly write: (path: string, before: string, after: string, dependency: AddedDependency) => string | null;
  /** What an earlier part of the same run has added. */
  readonly findDone: (path: string) => AddedDependency | null;
}

/** Adds the helper to the nearest `package.json` of each file that imports it now. */
export function addHelper(files: readonly string[], writer: ManifestWriter, terminal: Terminal, faults: FaultLog): AddedDependency[] {
  const manifests = new Set(files.map((file) => findAbove(dirname(file), ['package.json'])));
  const byHand: AddedDependency[] = manifests.delete(null) ? [{ file: null, name: HELPER, range: helperRange(), install: `npm install ${HELPER}` }] : [];
  return [...[...manifests].sort().flatMap((path) => addTo(path!, writer, terminal, faults) ?? []), ...byHand];
}

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
    if (after === null) return fail(`is no JSON object; ${byHand}`);
    if (bom + after === before) return writer.findDone(path);
    const dependency = { file, name: HELPER, range: helperRange(), install: findInstallCommand(dirname(path)) };
    const failure = writer.write(path, before, bom + after, dependency);
    return failure === null ? dependency : fail(`${failure}; ${byHand}`);
  } catch (error) {
    return fail(`cannot be read: ${reasonOf(error)}; ${byHand}`);
  }
}

/** The text with one line more, or as it was where the dependency is there already; null where it is no JSON object. */
export function addDependency(text: string, name: string, range: string): string | null {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors);
  if (tree?.type !== 'object' || errors.length > 0) return null;
  const names = namesIn(tree, 'dependencies');
  if (names.includes(name) || namesIn(tree, 'peerDependencies').includes(name)) return text;
  const isSorted = names.every((other, index) => index === 0 || names[index - 1]! <= other);
  const place = names.findIndex((other) => other > name);
  const edits = modify(text, ['dependencies', name], range, {
    formattingOptions: findFormat(text),
    ...(names.length > 0 && isSorted && { getInsertionIndex: () => (place === -1 ? names.length : place) }),
  });
  return applyEdits(text, edits);
}

function namesIn(tree: Node, section: string): string[] {
  const node = findNodeAtLocation(tree, [section]);
  return node?.type === 'object' ? Object.keys(getNodeValue(node) as object) : [];
}

/** The indentation is that of the first line that has one. */
function findFormat(text: string): { tabSize: number; insertSpaces: boolean; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return { tabSize: indent.startsWith('\t') ? 1 : indent.length, insertSpaces: !indent.startsWith('\t'), eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** A range that the helper's version, which came with us, is in. */
function helperRange(): string {
  const { version } = createRequire(import.meta.url)(`${HELPER}/package.json`) as { version: string };
  return `^${version}`;
}

function findInstallCommand(folder: string): string {
  const lock = findAbove(folder, Object.keys(LOCK_FILES));
  return lock === null ? 'npm install' : LOCK_FILES[basename(lock) as keyof typeof LOCK_FILES];
}
