import { printDecoding } from '../codemods/decode-as-stream.ts';
import { findStatelessDecodes, mayHoldDecode } from '../src/analysis/bytes/stateless-decodes.ts';
import { defineFileRule } from './rule.ts';

const MESSAGES = { call: 'untold', decoder: 'madeAnew', string: 'undecoded' } as const;

export default defineFileRule({
  name: 'no-stateless-decode',
  preset: 'recommended',
  finds: 'chunks of bytes that are made text of one by one, which breaks characters that the network cuts',
  why: `The network cuts a body where it likes, also within a character: \`é\` is two bytes, an emoji four, and every
letter of most of the world's scripts two or three. A decoder that takes each chunk for a whole text writes \`�\` for
each half, and the answer is corrupted for good. It happens once in some thousand chunks, never in a test, and never
in English.

A \`TextDecoder\` that is told \`{ stream: true }\` keeps the half for the next chunk, as long as it is the same
decoder. So do \`TextDecoderStream\`, Node's \`StringDecoder\` and \`setEncoding('utf8')\` of Node's streams.`,
  whenNotToUse: 'Nowhere: a body that is ASCII today need not be tomorrow.',
  cannotSee: `Streams from elsewhere: a loop over a parameter may read whole messages, so that decoding each by itself
is right; it is silent there, but for a reader, and for \`data\` events that a \`TextDecoder\` is fed with. Strings
that are made of chunks (\`text += chunk\`) count only where the stream is known to be bytes: of \`fetch\`, of axios
with \`responseType: 'stream'\`, of \`node:http\` and \`node:https\`.`,
  messages: {
    untold:
      '`decode` takes this chunk for a whole text; a character that is cut by the end of the chunk comes out as `�` for lack of `{ stream: true }`.',
    madeAnew:
      'A decoder that is made for each chunk forgets the bytes at its end; a character that is cut there comes out as `�`.',
    undecoded: 'A chunk of bytes is no whole text; a character that is cut by the end of the chunk comes out as `�`.',
    decodeAsStream: 'Decode the chunks as parts of one text.',
  },
  hasSuggestions: true,
  options: {},
  examples: {
    incorrect: [
      {
        title: 'the decoder is not told of more',
        messageId: 'untold',
        code: `const reader = (await fetch(url)).body.getReader();
const decoder = new TextDecoder();
let text = '';
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  text += decoder.decode(value);
}
`,
      },
      {
        title: 'a decoder for each chunk',
        messageId: 'madeAnew',
        code: `const response = await fetch(url);
for await (const chunk of response.body) show(new TextDecoder().decode(chunk, { stream: true }));
`,
      },
      {
        title: 'no decoder',
        messageId: 'undecoded',
        code: `import https from 'node:https';

https.get(url, (response) => {
  let text = '';
  response.on('data', (chunk) => { text += chunk; });
});
`,
      },
    ],
    correct: [
      {
        title: 'the decoder is told',
        code: `const reader = (await fetch(url)).body.getReader();
const decoder = new TextDecoder();
let text = '';
for (;;) {
  const { done, value } = await reader.read();
  if (done) break;
  text += decoder.decode(value, { stream: true });
}
`,
      },
      {
        title: 'the stream decodes',
        code: `const response = await fetch(url);
for await (const text of response.body.pipeThrough(new TextDecoderStream())) show(text);
`,
      },
      {
        title: 'Node decodes',
        code: `import https from 'node:https';

https.get(url, (response) => {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk) => { text += chunk; });
});
`,
      },
    ],
  },
  mayHold: mayHoldDecode,
  checkFile({ source }) {
    return findStatelessDecodes(source).map((decode) => {
      const edits = printDecoding(source, decode);
      return {
        messageId: MESSAGES[decode.kind],
        at: decode.node,
        suggestions: edits ? [{ messageId: 'decodeAsStream', edits }] : [],
      };
    });
  },
});
