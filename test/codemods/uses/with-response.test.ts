import { describe, expect, it } from 'vitest';
import { codemod } from '../../../codemods/wrap-in-resilient-stream.ts';
import { applyEdits } from '../../../codemods/contract/edits.ts';
import { findFault, make, replace } from '../made.ts';
import { findReasons, rewriteTwice } from '../twice.ts';

const setup = `import OpenAI from 'openai';\n\nconst client = new OpenAI();\n`;
const added = setup.replace(`'openai';\n`, `'openai';\nimport { resilientStream } from 'resilient-stream';\n`);
const create = 'client.chat.completions.create({ model, messages, stream: true }';
const call = `${create}).withResponse()`;
const opened = `resilientStream(({ signal }) => ${create}, { signal, maxRetries: 0 }).withResponse())`;
/** As `opened`, with the response put into a variable. */
const filling = (pattern: string): string =>
  `resilientStream(async ({ signal }) => (${pattern} = await ${create}, { signal, maxRetries: 0 }).withResponse()))`;
const loop = 'for await (const chunk of stream) show(chunk.choices[0]?.delta?.content);';

function rewriteBody(body: string, path = 'file.ts'): string {
  const after = rewriteTwice(`${setup}${body}\n`, path);
  expect(after.startsWith(added)).toBe(true);
  return after.slice(added.length).trimEnd();
}

const reasonsOf = (body: string): string[] => findReasons(`${setup}${body}\n`);

describe('the stream of `.withResponse()`', () => {
  it.each([
    ['in a pattern', `const { data: stream } = await ${call};\n${loop}`, `const stream = await ${opened};\n${loop}`],
    [
      'in a pattern, under its own name',
      `const { data } = await ${call};\nfor await (const chunk of data) show(chunk.choices[0]);`,
      `const data = await ${opened};\nfor await (const chunk of data) show(chunk.choices[0]);`,
    ],
    [
      'in a pattern, with what nobody reads',
      `const { response, data: stream, request_id } = await ${call};\n${loop}`,
      `const stream = await ${opened};\n${loop}`,
    ],
    [
      'in a pattern of a result with a name',
      `const result = await ${call};\nconst { data: stream } = result;\n${loop}`,
      `const result = await ${opened};\nconst stream = result;\n${loop}`,
    ],
    [
      'as a member',
      `const result = await ${call};\nfor await (const chunk of result.data) show(chunk.choices[0]);`,
      `const result = await ${opened};\nfor await (const chunk of result) show(chunk.choices[0]);`,
    ],
    [
      'as a member of what was waited for',
      `const stream = (await ${call}).data;\n${loop}`,
      `const stream = await ${opened};\n${loop}`,
    ],
    [
      'in the head of the loop',
      `for await (const chunk of (await ${call}).data) show(chunk.choices[0]);`,
      `for await (const chunk of await ${opened}) show(chunk.choices[0]);`,
    ],
    [
      'in `then`',
      `await ${call}.then(async ({ data: stream }) => { ${loop} });`,
      `await ${opened}.then(async (stream) => { ${loop} });`,
    ],
    [
      'in `then`, as a member',
      `await ${call}.then(async (result) => { for await (const chunk of result.data) show(chunk.choices[0]); });`,
      `await ${opened}.then(async (result) => { for await (const chunk of result) show(chunk.choices[0]); });`,
    ],
    [
      'waited for later',
      `const opening = ${call};\nconst { data: stream } = await opening;\n${loop}`,
      `const opening = ${opened};\nconst stream = await opening;\n${loop}`,
    ],
    [
      'from a function',
      `const open = () => ${call};\nconst { data: stream } = await open();\n${loop}`,
      `const open = () => ${opened};\nconst stream = await open();\n${loop}`,
    ],
    [
      'in branches',
      `let result;
if (a) result = await ${call};
else result = await ${call};
for await (const chunk of result.data) show(chunk.choices[0]);`,
      `let result;
if (a) result = await ${opened};
else result = await ${opened};
for await (const chunk of result) show(chunk.choices[0]);`,
    ],
  ])('%s is read from the helper', (_, before, after) => {
    expect(rewriteBody(before)).toBe(after);
    expect(rewriteBody(before, 'file.mjs')).toBe(after);
  });

  it('keeps the lines and the comments of its request', () => {
    const body = (open: string, given: string, close: string): string =>
      `const ${open}client.chat.completions
  // the cheap one
  .create({
    model, // asked for
    stream: true,
  }${given}) // opens it
  .withResponse()${close};
${loop}`;
    expect(rewriteBody(body('{ data: stream } = await ', '', ''))).toBe(
      body('stream = await resilientStream(({ signal }) => ', ', { signal, maxRetries: 0 }', ')'),
    );
  });

  it('of Anthropic’s `messages.stream` is read from the helper', () => {
    const text = (open: string): string =>
      `import Anthropic from '@anthropic-ai/sdk';\n${open}\nfor await (const event of stream) show(event.type);\n`;
    const request = 'new Anthropic().messages.stream({ model, max_tokens, messages }';
    expect(rewriteTwice(text(`const { data: stream } = await ${request}).withResponse();`))).toBe(
      text(
        `import { resilientStream } from 'resilient-stream';
const stream = await resilientStream(({ signal }) => ${request}, { signal, maxRetries: 0 }).withResponse());`,
      ),
    );
  });

  it('gives its options to the helper', () => {
    expect(rewriteBody(`const { data: stream } = await ${create}, { signal: own }).withResponse();\n${loop}`)).toBe(
      `const stream = await ${opened.replace(/\)$/, ', { signal: own })')};\n${loop}`,
    );
  });
});

describe('the id of the request', () => {
  it.each([
    [
      'in a pattern',
      `const { data: stream, request_id } = await ${call};
log(request_id);
${loop}
if (request_id) log(request_id);`,
      `const stream = await ${opened};\nlog(stream.requestId);\n${loop}\nif (stream.requestId) log(stream.requestId);`,
    ],
    [
      'under another name',
      `const { data: stream, request_id: id } = await ${call};\n${loop}\nlog(id);`,
      `const stream = await ${opened};\n${loop}\nlog(stream.requestId);`,
    ],
    [
      'in an object',
      `const { data: stream, request_id } = await ${call};\nlog({ request_id });\n${loop}`,
      `const stream = await ${opened};\nlog({ request_id: stream.requestId });\n${loop}`,
    ],
    [
      'as a member',
      `const result = await ${call};
log(result.request_id);
for await (const chunk of result.data) show(chunk.choices[0]);`,
      `const result = await ${opened};
log(result.requestId);
for await (const chunk of result) show(chunk.choices[0]);`,
    ],
    [
      'in `then`',
      `await ${call}.then(async ({ data: stream, request_id }) => { ${loop} log(request_id); });`,
      `await ${opened}.then(async (stream) => { ${loop} log(stream.requestId); });`,
    ],
    [
      'beside a namesake',
      `const request_id = 1;
async function ask() {
  const { data: stream, request_id } = await ${call};
  ${loop}
  log(request_id);
}
log(request_id);`,
      `const request_id = 1;
async function ask() {
  const stream = await ${opened};
  ${loop}
  log(stream.requestId);
}
log(request_id);`,
    ],
    [
      'beside a namesake inside',
      `const { data: stream, request_id } = await ${call};\n${loop}\nlog((request_id) => request_id, request_id);`,
      `const stream = await ${opened};\n${loop}\nlog((request_id) => request_id, stream.requestId);`,
    ],
  ])('%s is told by the stream', (_, before, after) => {
    expect(rewriteBody(before)).toBe(after);
  });

  it.each([
    [
      'another variable has the stream’s name',
      `const { data: stream, request_id } = await ${call};
{
  const stream = 1;
  log(request_id, stream);
}
${loop}`,
    ],
    ['it is exported', `const { data: stream, request_id } = await ${call};\n${loop}\nexport { request_id };`],
    [
      'its type is asked for',
      `const { data: stream, request_id } = await ${call};\ntype Id = typeof request_id;\n${loop}`,
    ],
    ['it is changed', `let { data: stream, request_id } = await ${call};\nrequest_id = 1;\n${loop}`],
  ])('is left where %s', (_, body) => {
    expect(reasonsOf(body)).toEqual([
      "The `request_id` that `.withResponse()` gives is used, which the helper's stream does not tell there; do without it, then run this again.",
    ]);
  });
});

describe('the response', () => {
  const read = `log(response.headers.get('x-ratelimit-remaining-requests'));`;

  it('is that of the newest attempt', () => {
    const [before, after] = [
      `const { data: stream, response } = await ${call};`,
      `const stream = await ${filling('{ response }')};`,
    ];
    expect(rewriteBody(`${before}\n${read}\n${loop}\n${read}`)).toBe(
      `let response!: Response;\n${after}\n${read}\n${loop}\n${read}`,
    );
    expect(rewriteBody(`${before}\n${read}\n${loop}`, 'file.mjs')).toBe(`let response;\n${after}\n${read}\n${loop}`);
  });

  it('keeps its name, and its line its indentation', () => {
    const body = (open: string): string => `async function ask() {\n  ${open}\n  log(raw.status);\n  ${loop}\n}`;
    expect(rewriteBody(body(`const { data: stream, response: raw } = await ${call};`))).toBe(
      body(`let raw!: Response;\n  const stream = await ${filling('{ response: raw }')};`),
    );
  });

  it('goes with the id of the request', () => {
    expect(
      rewriteBody(
        `const { data: stream, response, request_id } = await ${call};\nlog(response.status, request_id);\n${loop}`,
      ),
    ).toBe(
      `let response!: Response;
const stream = await ${filling('{ response }')};
log(response.status, stream.requestId);
${loop}`,
    );
  });

  it('may be handed on, and taken apart', () => {
    const body = `track(response);\nconst { status, headers } = response;\n${loop}`;
    expect(rewriteBody(`const { data: stream, response } = await ${call};\n${body}`)).toBe(
      `let response!: Response;\nconst stream = await ${filling('{ response }')};\n${body}`,
    );
  });

  it('is the global type where the file has another of that name', () => {
    const body = `log(response.status);\n${loop}`;
    const own = `import type { Response } from 'express';\n${setup}`;
    expect(rewriteTwice(`${own}const { data: stream, response } = await ${call};\n${body}\n`)).toContain(
      'let response!: globalThis.Response;\n',
    );
  });

  it('has the attempt’s signal give way', () => {
    const after = rewriteBody(
      `const { data: stream, response: signal } = await ${call};\nlog(signal.status);\n${loop}`,
    );
    expect(after).toBe(
      `let signal!: Response;
const stream = await ${filling('{ response: signal }').replaceAll('({ signal })', '({ signal: attemptSignal })').replace('{ signal, max', '{ signal: attemptSignal, max')};
log(signal.status);
${loop}`,
    );
  });

  it.each([
    'log(response.body);',
    'log(await response.text());',
    'const { body } = response;',
    'const { ...rest } = response;',
    'response.clone();',
  ])('is left where its answer may be taken: %s', (use) => {
    expect(reasonsOf(`const { data: stream, response } = await ${call};\n${use}\n${loop}`)).toEqual([
      'The `response` gives away the answer beside the stream, and each attempt has one of its own; read its headers and its status only, then run this again.',
    ]);
  });

  it.each([
    [
      'as a member',
      `const result = await ${call};
${read.replace('response', 'result.response')}
for await (const chunk of result.data) show(chunk.choices[0]);`,
    ],
    [
      'in a pattern of a result with a name',
      `const result = await ${call};\nconst { data: stream, response } = result;\n${read}\n${loop}`,
    ],
    ['in `then`', `await ${call}.then(async ({ data: stream, response }) => { ${read} ${loop} });`],
    [
      'of a request that is made before',
      `const opening = ${call};\nconst { data: stream, response } = await opening;\n${read}\n${loop}`,
    ],
    ['beside another variable', `const { data: stream, response } = await ${call}, other = 1;\n${read}\n${loop}`],
    ['in a `var`', `var { data: stream, response } = await ${call};\n${read}\n${loop}`],
  ])('is left where it is taken %s', (_, body) => {
    expect(reasonsOf(body)).toEqual([
      'The `response` is used, of which each attempt has one; take it by a pattern where the request is made, `const { data, response } = await …`, then run this again.',
    ]);
  });
});

describe('what else is done to the result of `.withResponse()`', () => {
  const elsewhere =
    '`.withResponse()` is not called on the request itself; call it where the request is made, without parentheses, then run this again.';
  const apart =
    'A pattern takes apart what `.withResponse()` gives, and not into plain names; write `const { data, response } = await …`, then run this again.';

  it.each([
    [
      'is asked of a promise with a name',
      `const opening = ${create});\nconst { data: stream } = await opening.withResponse();\n${loop}`,
      elsewhere,
    ],
    [
      'is asked of what a function gives',
      `const open = () => ${create});\nconst { data: stream } = await open().withResponse();\n${loop}`,
      elsewhere,
    ],
    [
      'is asked of a request in parentheses',
      `const { data: stream } = await (${create})).withResponse();\n${loop}`,
      elsewhere,
    ],
    ['has a default', `const { data: stream = [] } = await ${call};\n${loop}`, apart],
    ['has a rest', `const { data: stream, ...rest } = await ${call};\n${loop}`, apart],
    ['is taken apart further', `const { data: stream, response: { headers } } = await ${call};\n${loop}`, apart],
    [
      'goes into what is there',
      `let stream;\n({ data: stream } = await ${call});\n${loop}`,
      'The stream is stored where other code may use it; wrap the request by hand if only a loop reads it.',
    ],
    [
      'goes elsewhere',
      `const result = await ${call};\ntrack(result);\nfor await (const chunk of result.data) show(chunk.choices[0]);`,
      'The stream is passed to `track`, out of sight; wrap the request by hand if it only iterates the stream.',
    ],
    [
      'is more than the helper tells',
      `const result = await ${call};
log(result.workspace_id);
for await (const chunk of result.data) show(chunk.choices[0]);`,
      "The `workspace_id` that `.withResponse()` gives is used, which the helper's stream does not tell there; do without it, then run this again.",
    ],
    [
      'has a comment',
      `const { data: stream /* the answer */ } = await ${call};\n${loop}`,
      'A comment stands where the stream is taken out of the result; move it, then run this again.',
    ],
    [
      'is copied',
      `const { data: stream } = await ${call};\nconst [copy] = stream.tee();\n${loop}`,
      "The stream's `tee` is used, which the helper's stream does not have; do without it, then run this again.",
    ],
  ])('is left with a reason where it %s', (_, body, reason) => {
    expect(reasonsOf(body)).toEqual([reason]);
  });
});

describe('the proof of `.withResponse()`', () => {
  const before = `${setup}const { data: stream, response, request_id } = await ${call};
log(response.status, request_id);
${loop}
`;
  const after = `${added}let response;
const stream = await ${filling('{ response }')};
log(response.status, stream.requestId);
${loop}
`;
  const made = make(codemod, before, 'file.mjs');

  it('accepts what the codemod makes of it', () => {
    expect(made.after).toBe(after);
    expect(findFault(made)).toBeNull();
  });

  it.each([
    ['the response is put nowhere', filling('{ response }'), opened],
    ['the response has no variable', 'let response;\n', ''],
    ['another part is taken for the response', '{ response }', '{ request_id: response }'],
    ['the response is of the type alone', 'let response;', 'let other;'],
    ['the variable holds something else first', 'let response;', 'let response = 1;'],
    ['the id is of another stream', 'stream.requestId', 'streams.requestId'],
    ['the id goes lost', 'stream.requestId', 'request_id'],
    ['the id is another member', 'stream.requestId', 'stream.request'],
    [
      'the callback does not wait',
      'async ({ signal }) => ({ response } = await client',
      '({ signal }) => ({ response } = client',
    ],
    ['`.withResponse()` is gone', '.withResponse()', ''],
    ['the stream has another name', 'const stream', 'const answer'],
  ])('refuses where %s', (_, from, to) => {
    expect(findFault(replace(made, from, to))).not.toBeNull();
  });

  /** The same edits of a text in which a name of the same length is another. */
  const rename = (text: string, from: string, to: string): string | null => {
    const rewrite = make(codemod, text);
    expect(findFault(rewrite)).toBeNull();
    const renamed = rewrite.before.replaceAll(from, to.padEnd(from.length));
    return findFault({ ...rewrite, before: renamed, after: applyEdits(renamed, rewrite.edits) });
  };

  it('refuses a name that means another variable where the pattern’s was read', () => {
    const text = `${setup}const request_id = 1;\nasync function ask() {\n  const { data: stream, request_id } = await ${call};\n  ${loop}\n  log(request_id);\n}\n`;
    const shadowed = make(codemod, text);
    expect(findFault(shadowed)).toBeNull();
    expect(findFault(replace(shadowed, 'stream.requestId', 'request_id'))).not.toBeNull();
  });

  it('refuses a stream’s name that means another variable where the id is read', () => {
    const text = `${setup}const { data: stream, request_id } = await ${call};\n{\n  const others = other;\n  log(request_id, others);\n}\n${loop}\n`;
    expect(rename(text, 'others', 'stream')).not.toBeNull();
  });

  it('refuses a response that an outer variable takes', () => {
    const text = `${setup}let outside;\nasync function ask() {\n  const { data: stream, response } = await ${call};\n  log(response.status);\n  ${loop}\n}\n`;
    const rewrite = make(codemod, text.replace('outside', 'response'), 'file.mjs');
    expect(findFault(rewrite)).toBeNull();
    expect(findFault(replace(rewrite, '  let response;\n', ''))).not.toBeNull();
  });
});
