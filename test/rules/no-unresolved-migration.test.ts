import { describe, expect, it } from 'vitest';
import { MARKER } from '../../codemods/text/marker.ts';
import rule from '../../rules/no-unresolved-migration.ts';
import { messagesOf } from './messages-of.ts';
import { testRule } from './tester.ts';

const marked = `// ${MARKER}: say how often to try again.`;

testRule(rule, {
  valid: [
    { name: 'another note', code: '// TODO: say how often to try again.\nask();' },
    { name: 'the marker in a text', code: `print('// ${MARKER}: nothing');` },
    { name: 'a comment about the marker', code: `/** Opens with \`// ${MARKER}: …\`. */\nask();` },
    { name: 'nothing', code: '' },
  ],
  invalid: [
    {
      name: 'a comment of a line',
      code: `ask();\n  ${marked}\nask();`,
      error: {
        messageId: 'unresolved',
        line: 2,
        column: 3,
        endLine: 2,
        endColumn: 3 + marked.length,
        data: { text: 'say how often to try again' },
      },
    },
    { name: 'a comment behind code', code: `ask(); ${marked}`, error: { messageId: 'unresolved', line: 1, column: 8 } },
    {
      name: 'a comment of several lines',
      code: `/* ${MARKER}: say\n * how often. */`,
      error: {
        messageId: 'unresolved',
        line: 1,
        column: 1,
        endLine: 2,
        endColumn: 17,
        data: { text: 'say how often' },
      },
    },
    {
      name: 'a file without a stream of a model',
      code: `/** ${MARKER} */\nexport {};`,
      error: { messageId: 'unresolved', line: 1, column: 1, data: { text: 'the comment does not say what' } },
    },
    {
      name: 'a file with CRLF and a hashbang',
      code: `#!/usr/bin/env node\r\n${marked}\r\nask();`,
      error: { messageId: 'unresolved', line: 2, column: 1, endLine: 2, endColumn: 1 + marked.length },
    },
  ],
});

it('each comment is a problem of its own', () => {
  expect(messagesOf(rule, `${marked}\n${marked}`)).toHaveLength(2);
});

describe('the message', () => {
  it('tells what is to be decided', () => {
    expect(messagesOf(rule, marked)).toEqual([
      'A codemod has left this to a person: say how often to try again. Until it is decided, the program does here what it did before.',
    ]);
  });
});
