import { codemod } from '../codemods/wrap-in-resilient-stream.ts';
import { findRewrite, helperOption } from './rewrites.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  name: 'prefer-resilient-stream',
  preset: 'strict',
  finds: 'loops that the codemod can rewrite, and suggests its edit',
  why: `No measured SDK asks again once an answer has begun, but for two recent ones, which then give text twice; 47 of
52 entry points take a connection that is closed in mid-answer for the end of the answer (see [what each SDK
does](../providers.md)). What it takes to do better by hand is a retry that never repeats what was shown, a limit
that each chunk sets back, a look at the terminal marker, and an end to the connection where the loop is left early.
\`resilientStream()\` does that.

The suggestion is what \`resilient-stream migrate\` writes for this one loop, byte for byte. Loops that the codemod
leaves to a person are not reported; \`resilient-stream migrate --dry-run\` says why.`,
  whenNotToUse:
    'In code that must not depend on the package `resilient-stream`, or that does by hand what it does; the rules of the preset `recommended` then say what is missing.',
  cannotSee: `Whether the rewritten text stands the codemod's proof, which needs a second parser: \`resilient-stream
migrate\` makes it before it writes, an editor that applies the suggestion does not. Loops whose request is made in
another file.`,
  messages: {
    rewritable:
      'This loop reads `{{api}}` as it comes; `resilientStream` asks again after an early failure, bounds each wait, and throws where the answer is cut.',
    wrap: 'Wrap the request of `{{api}}` in `resilientStream`.',
  },
  hasSuggestions: true,
  options: { helper: helperOption },
  examples: {
    incorrect: [
      {
        title: 'a request whose loop is in sight',
        messageId: 'rewritable',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      },
    ],
    correct: [
      {
        title: 'the request is wrapped',
        code: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI();
export async function ask(messages) {
  const stream = await resilientStream(({ signal }) => client.chat.completions.create({ model, messages, stream: true }, { signal, maxRetries: 0 }));
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      },
      {
        title: 'the codemod leaves it to a person: the helper’s stream has no `finalMessage`',
        code: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export async function ask(messages) {
  const stream = client.messages.stream({ model, max_tokens: 1024, messages });
  for await (const event of stream) show(event);
  return await stream.finalMessage();
}
`,
      },
    ],
  },
  check({ node }, { helper }, file) {
    const rewrite = findRewrite(file, node, codemod, helper);
    if (!rewrite) return undefined;
    return { messageId: 'rewritable', at: node, suggestions: [{ messageId: 'wrap', edits: rewrite.edits }] };
  },
});
