import type { FileFacts } from '../../rules/rule.ts';
import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import { noHints } from '../../src/analysis/facts/file-hints.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';

/** What a rule is shown of a text. */
export function factsOf(text: string, path = 'example.ts'): FileFacts {
  const source = parseSource(path, text);
  return { source, path, hints: noHints, loops: findStreamLoops(source) };
}
