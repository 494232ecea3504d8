import { allProtocols } from '../../src/resilient-stream/protocols/all.ts';
import { createProgress, type FirstChunk } from '../../src/resilient-stream/protocols/protocol.ts';

const isChunk = (chunk: unknown): chunk is FirstChunk => typeof chunk === 'object' && chunk !== null;

/**
 * The name of the helper's protocol that recognises the chunks of a whole answer, and that takes those of a cut one for
 * cut; `null`: none.
 */
export function findKnownEnd(whole: readonly unknown[], cut: readonly unknown[]): string | null {
  const [protocol] = whole.filter(isChunk).flatMap((chunk) => allProtocols.find(({ matches }) => matches(chunk)) ?? []);
  if (!protocol) return null;
  const read = protocol.start();
  const progress = createProgress();
  for (const chunk of cut.filter(isChunk)) read(chunk as never, progress);
  return progress.terminal || progress.mayEnd ? null : protocol.name;
}
