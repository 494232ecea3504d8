import { findUnbufferedParses, mayHoldParse } from '../src/analysis/bytes/unbuffered-parses.ts';
import { defineFileRule } from './rule.ts';

export default defineFileRule({
  name: 'no-unbuffered-chunk-parse',
  preset: 'recommended',
  finds: 'single chunks of a body that JSON is parsed out of, as if the network cut it between lines',
  why: `What a server writes as one line, the network may hand over in two chunks, and two lines in one. Code that
splits each chunk by itself and parses the pieces meets half a line sooner or later: measured on \`fetch\`, on a
reader and on axios, a line that is split in two throws a \`SyntaxError\`, and with a \`catch\` around \`JSON.parse\`
its text is lost without a word. On one's own machine chunks and lines mostly agree, so it shows in production:
behind proxies, with long lines, on slow connections.

What stands behind the last line break has to wait for the next chunk: \`buffer += text; const lines =
buffer.split('\\n'); buffer = lines.pop();\`. Parsers that do so are \`eventsource-parser\`, \`readline\`, and
\`sse(response)\` and \`ndjson(response)\` of \`resilient-stream\`.`,
  whenNotToUse:
    'Where both ends are the program’s own and each message is known to come in one chunk, as with a worker or a test server.',
  cannotSee: `Chunks that go to another file, or to a class, to be split. Streams of which nothing shows that they are
bytes: where \`for await\` gives strings, they may be lines already. Text that is joined to anything from before the
chunk is taken to be buffered, whether rightly or not.`,
  messages: {
    split:
      'This parses lines of one chunk alone; the network cuts a body anywhere, and a line that goes over the chunk’s end throws here or is lost.',
    whole:
      'This parses each chunk by itself; the network cuts a body anywhere, and JSON that goes over the chunk’s end throws here or is lost.',
  },
  options: {},
  examples: {
    incorrect: [
      {
        title: 'half a line has nowhere to wait',
        messageId: 'split',
        code: `const reader = (await fetch(url)).body.getReader();
const decoder = new TextDecoder();
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  for (const line of decoder.decode(value, { stream: true }).split('\\n')) {
    if (line.startsWith('data: ')) show(JSON.parse(line.slice(6)));
  }
}
`,
      },
      {
        title: 'a catch that loses it',
        messageId: 'split',
        code: `response.data.on('data', (chunk) => {
  const lines = chunk.toString().split('\\n').filter(Boolean);
  for (const line of lines) {
    try {
      show(JSON.parse(line));
    } catch {
      continue;
    }
  }
});
`,
      },
    ],
    correct: [
      {
        title: 'the rest of a chunk waits for the next',
        code: `const reader = (await fetch(url)).body.getReader();
const decoder = new TextDecoder();
let buffer = '';
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  buffer += decoder.decode(value, { stream: true });
  const lines = buffer.split('\\n');
  buffer = lines.pop();
  for (const line of lines) if (line.startsWith('data: ')) show(JSON.parse(line.slice(6)));
}
`,
      },
      {
        title: 'somebody else finds the lines',
        code: `import { ndjson } from 'resilient-stream';

for await (const message of ndjson(await fetch(url))) show(message);
`,
      },
      {
        title: 'a body that is parsed once it is whole',
        code: `const response = await fetch(url);
const chunks = [];
for await (const chunk of response.body) chunks.push(chunk);
show(JSON.parse(Buffer.concat(chunks).toString()));
`,
      },
    ],
  },
  mayHold: mayHoldParse,
  checkFile({ source }) {
    return findUnbufferedParses(source).map(({ parse, split }) => ({
      messageId: split ? 'split' : 'whole',
      at: parse,
    }));
  },
});
