import { catalog } from '../../src/providers/catalog.ts';
import type { MigratedFile } from '../shapes.ts';

export interface EditCount {
  /** As people call it. */
  readonly provider: string;
  readonly codemod: string;
  readonly edits: number;
  readonly files: number;
}

export interface ReasonCount {
  readonly reason: string;
  readonly loops: number;
}

/** What was rewritten, by provider and codemod; the most first. */
export function countEdits(files: readonly MigratedFile[]): EditCount[] {
  const groups = groupBy(
    files.flatMap(({ file, edits }) => edits.map((edit) => ({ file, ...edit }))),
    ({ provider, codemod }) => `${provider ?? ''} ${codemod}`,
  );
  const counts = groups.map((edits) => {
    const { provider, codemod } = edits[0]!;
    return { provider: catalog.find(({ id }) => id === provider)?.title ?? provider ?? 'any', codemod, edits: edits.length, files: new Set(edits.map(({ file }) => file)).size };
  });
  return counts.sort((a, b) => b.edits - a.edits);
}

/** Why loops were left; the most frequent first. Reasons that differ in the code they quote are one. */
export function countReasons(files: readonly MigratedFile[]): ReasonCount[] {
  const groups = groupBy(
    files.flatMap(({ skipped }) => skipped.map(({ reason }) => reason)),
    withoutCode,
  );
  return groups.map((reasons) => ({ reason: new Set(reasons).size === 1 ? reasons[0]! : withoutCode(reasons[0]!), loops: reasons.length })).sort((a, b) => b.loops - a.loops);
}

const withoutCode = (reason: string): string => reason.replace(/`[^`]+`/g, '`…`');

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}
