import { MARKER } from '../codemods/text/marker.ts';
import { defineFileRule } from './rule.ts';

export default defineFileRule({
  name: 'no-unresolved-migration',
  preset: 'recommended',
  finds: 'comments by which a codemod has left a decision to a person',
  why: `Where a codemod sees a loop that needs another form and cannot know which, it changes nothing and writes \`//
${MARKER}: …\` above it, with what a person must decide. Until that is done the program does what it did before; a
comment that nobody is reminded of stays for years.`,
  whenNotToUse: 'While a migration goes on over weeks, as a warning.',
  cannotSee: 'Whether the decision was made: a comment that is taken out counts as one.',
  messages: {
    unresolved:
      'A codemod has left this to a person: {{text}}. Until it is decided, the program does here what it did before.',
  },
  options: {},
  examples: {
    incorrect: [
      {
        title: 'a marker that is still there',
        messageId: 'unresolved',
        code: `import OpenAI from 'openai';

const client = new OpenAI();
export async function ask(messages, tries) {
  // ${MARKER}: say whether text that was shown may be shown again.
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) show(chunk);
}
`,
      },
    ],
    correct: [
      {
        title: 'a comment of one’s own',
        code: `// TODO: stream the answer.
export const ask = (messages) => client.chat.completions.create({ model, messages });
`,
      },
    ],
  },
  mayHold: (text) => text.includes(MARKER),
  checkFile({ source }) {
    return (source.ast.comments ?? []).flatMap((comment) => {
      const text = findText(comment.value);
      return text === null ? [] : { messageId: 'unresolved', at: comment, data: { text } };
    });
  },
});

/**
 * What is said behind the marker, without a full stop; null where the comment is about something else, such as the
 * marker itself.
 */
function findText(comment: string): string | null {
  const opened = comment.replace(/^[\s*]+/, '');
  if (!opened.startsWith(MARKER)) return null;
  const text = opened
    .slice(MARKER.length)
    .replace(/^[\s:]+/, '')
    .replace(/\s*\n[\s*]*/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return text === '' ? 'the comment does not say what' : text;
}
