import { findFiles, readFileList, showPath } from '../files/find-files.ts';
import { type Shard, takeShard } from '../files/shard.ts';
import type { Run } from '../terminal/command.ts';
import { writeNote } from '../terminal/messages.ts';

/** Which files a command examines. */
export interface FileSelection {
  readonly paths: readonly string[];
  /** A file that lists more paths; '-': standard input. */
  readonly filesFrom: string | null;
  readonly shard: Shard | null;
  /** In bytes; larger files are left out. */
  readonly maxFileSize: number;
}

/** The absolute paths of the selected files, sorted. */
export async function selectFiles({ options, terminal, faults }: Run<FileSelection>): Promise<readonly string[]> {
  const { paths, filesFrom, shard } = options;
  const listed = filesFrom === null ? null : readFileList(terminal.cwd, filesFrom, terminal.readStdin);
  for (const folder of listed?.folders ?? [])
    writeNote(`${folder} is a folder, and --files-from is a list of files; name it on the command line.`, terminal);
  const named = paths.length > 0 || listed ? paths : ['.'];
  const found = await findFiles(terminal.cwd, [...new Set([...named, ...(listed?.files ?? [])])]);
  found.faults.forEach((fault) => faults.add(fault));
  return shard ? takeShard(found.files, shard) : found.files;
}

/** The files that the command could read and analyse, with stream code or without. */
export function listExamined(
  files: readonly string[],
  { terminal: { cwd }, faults: { leftOut } }: Pick<Run<unknown>, 'terminal' | 'faults'>,
): readonly string[] {
  const names = new Set(leftOut.map(({ file }) => file));
  return names.size === 0 ? files : files.filter((path) => !names.has(showPath(cwd, path)));
}

/** The items, in the order of the files that they belong to. */
export function inOrder<T>(files: readonly string[], items: readonly T[], fileOf: (item: T) => string): T[] {
  const positions = new Map(files.map((file, index) => [file, index]));
  return items.toSorted((a, b) => (positions.get(fileOf(a)) ?? Infinity) - (positions.get(fileOf(b)) ?? Infinity));
}
