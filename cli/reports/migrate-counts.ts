import { catalog } from '../../src/providers/catalog.ts';
import { groupBy } from './group-by.ts';
import type { EditCount, MigratedFile, ReasonCount } from './json-shapes.ts';

/** How many places were rewritten, by provider and codemod, the most first. */
export function countEdits(files: readonly MigratedFile[]): EditCount[] {
  const groups = groupBy(
    files.flatMap(({ file, edits }) => edits.map((edit) => ({ file, ...edit }))),
    ({ provider, codemod }) => `${provider ?? ''} ${codemod}`,
  );
  const counts = [...groups.values()].map((edits) => {
    const { provider, codemod } = edits[0]!;
    return { provider, codemod, edits: edits.length, files: new Set(edits.map(({ file }) => file)).size };
  });
  return counts.sort((a, b) => b.edits - a.edits);
}

/** The reasons why loops were left to a person, by provider and codemod, the most frequent first. */
export function countReasons(files: readonly MigratedFile[]): ReasonCount[] {
  const groups = groupBy(
    files.flatMap(({ skipped }) => skipped),
    ({ provider, codemod, reason }) => `${provider ?? ''} ${codemod} ${withoutCode(reason)}`,
  );
  const counts = [...groups.values()].map((left) => {
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

/** The provider's title: 'OpenAI' for 'openai'. */
export const titleOf = (provider: string | null): string =>
  catalog.find(({ id }) => id === provider)?.title ?? provider ?? 'any';

const withoutCode = (reason: string): string => reason.replace(/`[^`]+`/g, '`…`');
