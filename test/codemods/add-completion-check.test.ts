import { describe, expect, it } from 'vitest';
import { codemod } from '../../codemods/add-completion-check.ts';
import { findFault, make, replace } from './made.ts';
import { findReasons, rewriteTwice } from './twice.ts';

const CHAT = `import OpenAI from 'openai';
const client = new OpenAI();
const stream = await client.chat.completions.create({ model, messages, stream: true });
`;
const MESSAGES = `import Anthropic from '@anthropic-ai/sdk';
const client = new Anthropic();
const stream = await client.messages.create({ model, messages, stream: true });
`;
const show = 'show(chunk.choices[0]?.delta?.content);';
const READ = 'finishReason = chunk.choices?.[0]?.finish_reason ?? finishReason;';
const CHECK = `if (finishReason === null) throw new Error('The answer was cut off: no finish_reason came.');`;
const rewrite = (before: string, path = 'file.mjs'): string => rewriteTwice(before, path, {}, codemod);
const reasons = (before: string): string[] => findReasons(before, 'file.mjs', codemod);

describe('the examples of the codemod', () => {
  it.each(codemod.examples.map(({ before, after }) => [before, after]))('become what they say', (before, after) =>
    expect(rewrite(before)).toBe(after),
  );
});

describe('a check is added', () => {
  it.each([
    [
      'to a loop with a block',
      `for await (const chunk of stream) {\n  ${show}\n}\n`,
      `let finishReason = null;\nfor await (const chunk of stream) {\n  ${READ}\n  ${show}\n}\n${CHECK}\n`,
    ],
    [
      'to a loop with one statement',
      `for await (const chunk of stream) ${show}\n`,
      `let finishReason = null;\nfor await (const chunk of stream) {\n  ${READ}\n  ${show}\n}\n${CHECK}\n`,
    ],
    [
      'to a loop with one statement on a line of its own',
      `for await (const chunk of stream)\n  ${show}\n`,
      `let finishReason = null;\nfor await (const chunk of stream) {\n  ${READ}\n  ${show}\n}\n${CHECK}\n`,
    ],
    [
      'to a loop on one line',
      `for await (const chunk of stream) { ${show} }\n`,
      `let finishReason = null;\nfor await (const chunk of stream) { ${READ} ${show} }\n${CHECK}\n`,
    ],
    [
      'above the comments of the loop',
      `go();
// Shows it.
/* All of it. */
for await (const chunk of stream) {
  // Each chunk.
  ${show}
} // Done.
end();
`,
      `go();
let finishReason = null;
// Shows it.
/* All of it. */
for await (const chunk of stream) {
  ${READ}
  // Each chunk.
  ${show}
} // Done.
${CHECK}
end();
`,
    ],
    [
      'behind other code on the line',
      `go(); for await (const chunk of stream) { ${show} } end();\n`,
      `go(); let finishReason = null; for await (const chunk of stream) { ${READ} ${show} } ${CHECK} end();\n`,
    ],
    [
      'where a chunk may be passed over',
      `for await (const chunk of stream) {\n  if (!chunk.choices.length) continue;\n  ${show}\n}\n`,
      `let finishReason = null;
for await (const chunk of stream) {
  ${READ}
  if (!chunk.choices.length) continue;
  ${show}
}
${CHECK}
`,
    ],
  ])('%s', (_, before, after) => expect(rewrite(CHAT + before)).toBe(CHAT + after));

  it('with another name, where the file has the name for something else', () => {
    const after = rewrite(`${CHAT}const finishReason = 1;\nfor await (const chunk of stream) { ${show} }\n`);
    expect(after).toContain('let finishReason2 = null;');
    expect(after).toContain('if (finishReason2 === null) throw');
  });

  it('to each loop, under names of their own', () => {
    const after = rewrite(
      `${CHAT}for await (const chunk of stream) { ${show} }
for await (const chunk of await client.chat.completions.create({ stream: true })) { ${show} }
`,
    );
    expect(after.match(/let \w+ = null;/g)).toEqual(['let finishReason = null;', 'let finishReason2 = null;']);
  });

  it('with a type that every SDK’s sign of the end fits, in TypeScript', () => {
    expect(rewrite(`${CHAT}for await (const chunk of stream) { ${show} }\n`, 'file.ts')).toContain(
      'let finishReason: unknown = null;',
    );
  });

  it('without semicolons, where the file has none', () => {
    const before = `${CHAT}for await (const chunk of stream) {\n  ${show}\n}\nend();\n`.replaceAll(';\n', '\n');
    expect(rewrite(before)).toContain(
      `let finishReason = null\nfor await (const chunk of stream) {\n  ${READ.slice(0, -1)}\n  ${show.slice(0, -1)}`,
    );
    expect(rewrite(before.replace('  show', '  ;[1].map(go)\n  show'))).toContain(`${READ}\n  ;[1].map(go)`);
    expect(rewrite(before.replace('  show', '  [1].map(go)\n  show'))).toContain(`${READ}\n  [1].map(go)`);
  });

  it('without semicolons, before a line that guards itself by one, or needs none behind a block', () => {
    const block = (end: string): string =>
      `${CHAT}for await (const chunk of stream) {\n  ${show}\n}\n${end}\n`.replaceAll(';\n', '\n');
    expect(rewrite(block(';[1].map(go)'))).toContain(`${CHECK}\n;[1].map(go)`);
    expect(rewrite(block('(async () => go())()'))).toContain(`${CHECK}\n(async () => go())()`);
    const single = `${CHAT}for await (const chunk of stream) ${show}\n;[1].map(go)\n`.replaceAll(';\n', '\n');
    expect(rewrite(single)).toContain(`{\n  ${READ}\n  ${show.slice(0, -1)}\n}\n${CHECK.slice(0, -1)}\n;[1].map(go)\n`);
  });

  it('to a loop of one statement without a semicolon, behind other code on the line', () => {
    expect(
      rewrite(`${CHAT}const ask = async () => { for await (const chunk of stream) ${show.slice(0, -1)} }\n`),
    ).toContain(
      `const ask = async () => { let finishReason = null; for await (const chunk of stream) {
  ${READ}
  ${show}
} ${CHECK} }
`,
    );
  });

  it('with the line ends and the quotes of the file', () => {
    const before = `${CHAT}for await (const chunk of stream) {\n  ${show}\n}\n`
      .replaceAll('\n', '\r\n')
      .replaceAll("'", '"');
    expect(rewrite(before)).toBe(
      `${CHAT}let finishReason = null;\nfor await (const chunk of stream) {\n  ${READ}\n  ${show}\n}\n${CHECK}\n`
        .replaceAll('\n', '\r\n')
        .replaceAll("'", '"'),
    );
  });

  it('to a generator, whose consumers get the error', () => {
    const generator = (before: string, inside: string, behind: string): string =>
      `import OpenAI from 'openai';
export async function* ask() {
${before}  for await (const chunk of await new OpenAI().chat.completions.create({ stream: true })) {
${inside}    yield chunk;
  }
${behind}}
`;
    expect(rewrite(generator('', '', ''))).toBe(
      generator('  let finishReason = null;\n', `    ${READ}\n`, `  ${CHECK}\n`),
    );
  });

  it('by any of the events that end the stream', () => {
    const after = rewrite(
      `import OpenAI from 'openai';
for await (const event of await new OpenAI().responses.create({ stream: true })) {
  if (event.type === 'response.output_text.delta') show(event.delta);
}
`,
    );
    expect(after).toContain(
      `  hasEnded ||= ['response.completed', 'response.failed', 'response.incomplete'].includes(event.type);\n`,
    );
    expect(after).toContain(`if (!hasEnded) throw new Error('The answer was cut off: no response.completed came.');`);
  });
});

describe('a loop is left to a person', () => {
  it.each([
    ['that breaks', `${CHAT}for await (const chunk of stream) { ${show} if (enough) break; }`, /left early by `break`/],
    [
      'that has chunks of another kind',
      `${CHAT}for await (const chunk of stream) {\n  if ('choices' in chunk) ${show}\n}`,
      /not in every chunk/,
    ],
    [
      'that takes its chunks apart',
      `${CHAT}for await (const { choices: [{ delta }] } of stream) show(delta.content);`,
      /takes its chunks apart/,
    ],
    [
      'that is no statement of a block',
      `${CHAT}if (quiet) for await (const chunk of stream) { ${show} }`,
      /no statement of a block/,
    ],
    [
      'that somebody may abort',
      `${MESSAGES.replace('stream: true }', 'stream: true }, { signal }')}for await (const event of stream) show(event.delta.text);`,
      /An abort ends this loop/,
    ],
    [
      'whose events only look like a chunk',
      `const stream = await chat.sendMessageStream(request);
for await (const event of stream) {
  show(event.value.candidates[0].content.parts[0].text);
}`,
      /only look like/,
    ],
    [
      'that spells the end otherwise',
      `for await (const chunk of await watsonx(params)) {
  log(chunk.data.choices[0].finish_reason);
  show(chunk.data.choices[0].delta.content);
}`,
      /only look like/,
    ],
    [
      'whose chunks any model may give',
      `import type { ChatResponseChunk } from '@llamaindex/core/llms';
export async function read(stream: AsyncIterable<ChatResponseChunk>) {
  for await (const chunk of stream) show(chunk.delta);
}`,
      /only look like/,
    ],
  ])('%s', (_, before, reason) =>
    expect(findReasons(before, 'file.mts', codemod)).toEqual([expect.stringMatching(reason)]),
  );
});

it('chunks that only look like an API’s are checked where the loop reads what stands beside the sign', () => {
  const read = (body: string): string => `for await (const chunk of streamSse(await post(body))) {\n  ${body}\n}\n`;
  expect(rewrite(read('show(chunk.choices[0].delta.content);'))).toContain(
    'finishReason = chunk.choices?.[0]?.finish_reason ?? finishReason;',
  );
  expect(rewrite(read(`if (chunk.type === 'content_block_delta') show(chunk.delta.text);`))).toContain(
    `hasEnded ||= chunk.type === 'message_stop';`,
  );
});

it.each([
  ['that looks at the end', `${CHAT}for await (const chunk of stream) { if (chunk.choices[0].finish_reason) end(); }`],
  [
    'of an API that throws by itself',
    `import OpenAI from 'openai';\nfor await (const chunk of new OpenAI().chat.completions.stream({})) ${show}`,
  ],
  ['whose chunks go elsewhere', `${CHAT}for await (const chunk of stream) collect(chunk);`],
])('a loop %s stays as it is', (_, text) => {
  expect(rewrite(text)).toBe(text);
  expect(reasons(text)).toEqual([]);
});

describe('the proof', () => {
  const [example] = codemod.examples;
  it.each([
    ['a look that does more', '?? finishReason;', '?? finishReason ?? ask();'],
    ['a throw of something else', `new Error('The answer was cut off: no finish_reason came.')`, 'ask()'],
    ['a test of something else', 'if (finishReason === null)', 'if (text === null)'],
    ['a variable that is used further', 'return text;', 'return text + finishReason;'],
    ['a loop that lost a statement', `    text += chunk.choices[0]?.delta?.content ?? '';\n`, ''],
  ])('does not stand %s', (_, from, to) => {
    const made = make(codemod, example!.before, 'file.mjs');
    expect(made.after).toBe(example!.after);
    expect(findFault(made)).toBeNull();
    expect(findFault(replace(made, from, to))).not.toBeNull();
  });
});
