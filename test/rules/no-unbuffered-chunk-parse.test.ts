import { expect, it } from 'vitest';
import rule from '../../rules/no-unbuffered-chunk-parse.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const reader = (read: string): string =>
  `const reader = (await fetch(url)).body.getReader();
const decoder = new TextDecoder();
let buffer = '';
while (true) {
  const { done, value } = await reader.read();
  if (done) break;
  ${read}
}
`;
const text = 'decoder.decode(value, { stream: true })';

testRule(rule, {
  valid: [
    {
      name: 'the rest waits',
      code: reader(
        `buffer += ${text}; const lines = buffer.split('\\n'); buffer = lines.pop(); for (const line of lines) show(JSON.parse(line));`,
      ),
    },
    { name: 'the whole is parsed', code: `${reader(`buffer += ${text};`)}show(JSON.parse(buffer));` },
    { name: 'lines are iterated', code: 'for await (const line of lines) show(JSON.parse(line));' },
    { name: 'messages', code: `socket.on('message', (data) => show(JSON.parse(data.toString())));` },
  ],
  invalid: [
    {
      name: 'lines of one chunk',
      code: reader(`for (const line of ${text}.split('\\n')) show(JSON.parse(line));`),
      error: { messageId: 'split', line: 7, column: 80, endLine: 7, endColumn: 90 },
    },
    {
      name: 'a whole chunk',
      code: `for await (const chunk of (await fetch(url)).body) show(JSON.parse(chunk.toString()));`,
      error: { messageId: 'whole', line: 1, column: 57 },
    },
  ],
});

it('says what becomes of a cut line', () => {
  expect(messagesOf(rule, reader(`for (const line of ${text}.split('\\n')) show(JSON.parse(line));`))).toEqual([
    'This parses lines of one chunk alone; the network cuts a body anywhere, and a line that goes over the chunk’s end throws here or is lost.',
  ]);
});
