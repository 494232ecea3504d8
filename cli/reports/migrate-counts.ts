import { catalog } from '../../src/providers/catalog.ts';
import type { EditCount, MigratedFile, ReasonCount } from './json-shapes.ts';

/** What was rewritten, by provider and codemod; the most first. */
export function countEdits(files: readonly MigratedFile[]): EditCount[] {
  const groups = groupBy(
    files.flatMap(({ file, edits }) => edits.map((edit) => ({ file, ...edit }))),
    ({ provider, codemod }) => `${provider ?? ''} ${codemod}`,
  );
  const counts = groups.map((edits) => {
    const { provider, codemod } = edits[0]!;
    return { provider, codemod, edits: edits.length, files: new Set(edits.map(({ file }) => file)).size };
  });
  return counts.sort((a, b) => b.edits - a.edits);
}

/** Why loops were left, by provider and codemod; the most frequent first. */
export function countReasons(files: readonly MigratedFile[]): ReasonCount[] {
  const groups = groupBy(
    files.flatMap(({ skipped }) => skipped),
    ({ provider, codemod, reason }) => `${provider ?? ''} ${codemod} ${withoutCode(reason)}`,
  );
  const counts = groups.map((left) => {
    const { provider, codemod, reason } = left[0]!;
    return {
      provider,
      codemod,
      reason: left.every((other) => other.reason === reason) ? reason : withoutCode(reason),
      loops: left.length,
    };
  });
  return counts.sort((a, b) => b.loops - a.loops);
}

/** As people call it. */
export const titleOf = (provider: string | null): string =>
  catalog.find(({ id }) => id === provider)?.title ?? provider ?? 'any';

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
