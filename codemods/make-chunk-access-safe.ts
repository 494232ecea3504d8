import type { TSESTree } from '@typescript-eslint/utils';
import { findGapReads, type GapRead } from '../src/analysis/gaps/chunk-gaps.ts';
import { findStreamLoops, mayHoldStreamLoop } from '../src/analysis/find-stream-loops.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import type { Codemod, Rewrite, Skip } from './contract/codemod.ts';
import type { TextEdit } from './contract/edits.ts';
import type { Forms } from './contract/forms.ts';
import { createTransform } from './transform.ts';

const forms: Forms = {
  edits: [
    ['.', '?.'],
    ['', '?.'],
    ['!.', '?.'],
    ['!', '?.'],
  ],
};

export const codemod: Codemod = {
  name: 'make-chunk-access-safe',
  title: 'Read what a chunk may lack with `?.`',
  description:
    'Some chunks hold no text: the one that tells the usage has `choices: []`, and a blocked answer of Gemini has no `candidates`. Where a loop reads on from what is not there, it throws, and the rest of the answer is lost. Puts a `?.` there, wherever the code goes on as it does with a chunk that has nothing to say, and changes nothing else.',
  mayHold: mayHoldStreamLoop,
  forms: () => forms,
  resolves: ['no-unsafe-chunk-access'],
  findRewrites(source, { hints }) {
    const rewrites: Rewrite[] = [];
    const skipped: Skip[] = [];
    const seen = new Set<TSESTree.Node>();
    for (const loop of findStreamLoops(source, hints)) {
      // Two loops may pass their chunks to one function.
      for (const read of findGapReads(source, loop).filter(({ missing }) => !seen.has(missing))) {
        seen.add(read.missing);
        const { line } = read.missing.loc.start;
        const edits = printOptionalAccess(source, read);
        if (edits) rewrites.push({ line, codemod: codemod.name, loop, edits, deferred: [], imports: [] });
        else
          skipped.push({
            line,
            loop,
            reason:
              `\`${source.text.slice(...read.missing.range)}\` is undefined ${read.gap.when}; decide what to do ` +
              'then, where `?.` alone would pass `undefined` on.',
          });
      }
    }
    return { rewrites, skipped };
  },
  examples: [
    {
      before: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0].delta.content ?? '');
}
`,
      after: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '');
}
`,
    },
  ],
};

export default /* @__PURE__ */ createTransform(codemod);

/** A `?.` for each member that would throw; null where the code does something else with `undefined`. */
export function printOptionalAccess(source: ParsedSource, { members }: GapRead): readonly TextEdit[] | null {
  const edits = members?.map((member) => printOptionalMember(source, member)) ?? null;
  return edits?.every((edit) => edit !== null) ? edits : null;
}

function printOptionalMember(
  { text }: ParsedSource,
  { object, property, computed }: TSESTree.MemberExpression,
): TextEdit | null {
  const start = object.range[1];
  // Before the dot may stand a line break, or closing parentheses.
  const [gap] = /^[\s)]*/.exec(text.slice(start, property.range[0])) as unknown as [string];
  const at = start + gap.length;
  if (text[at] !== (computed ? '[' : '.')) return null;
  // `!` asserts that the member exists, and it may not.
  const isAsserted = object.type === 'TSNonNullExpression' && text[start - 1] === '!' && gap === '';
  return { range: [isAsserted ? start - 1 : at, computed ? at : at + 1], text: '?.' };
}
