import { describe, expect, it } from 'vitest';
import { FALSE_LOGGERS, LOGGERS } from '../loggers.ts';
import { loopIn, OPENAI } from '../loops-in.ts';

const content = 'chunk.choices[0]?.delta?.content';
const loopWith = (body: string, before = ''): ReturnType<typeof loopIn> =>
  loopIn(
    `${OPENAI}export async function* ask(res, messages) { ${before}
for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) { ${body} } }`,
  );
/** 'CallExpression', 'text adds' */
const outputs = (body: string, before?: string): string[] =>
  loopWith(body, before).outputs.map(({ node, variable, adds }) =>
    variable ? `${variable.name}${adds ? ' adds' : ''}` : `${node.type}${adds ? '' : ' replaces'}`,
  );

describe('text leaves a loop', () => {
  it.each([
    ['by a yield', `yield ${content};`, '', ['YieldExpression']],
    ['with its chunk', 'yield chunk;', '', ['YieldExpression']],
    ['by a call', `res.write(${content} ?? '');`, '', ['CallExpression']],
    ['by a call that is waited for', `await send(${content});`, '', ['CallExpression']],
    [
      'under other names',
      `const delta = chunk.choices[0].delta; const html = render(delta.content); res.write(\`<b>\${html}</b>\`);`,
      '',
      ['CallExpression'],
    ],
    ['of each choice', `for (const { delta } of chunk.choices) res.write(delta.content);`, '', ['CallExpression']],
    ['from a callback', `chunk.choices.forEach((choice) => show(choice.delta.content));`, '', ['CallExpression']],
    ['where there is some', `if (chunk.choices.length > 0) ${content} && show(${content});`, '', ['CallExpression']],
    ['at the terminal', `console.log(${content});`, '', ['CallExpression']],
    ['into a variable', `text += ${content};`, `let text = '';`, ['text adds']],
    ['into a list', `parts.push(${content});`, 'const parts = [];', ['parts adds']],
    ['into a list, by its place', `parts.splice(0, 0, ${content});`, 'const parts = [];', ['parts adds']],
    ['into a form', `form.append('text', ${content});`, 'const form = new FormData();', ['form adds']],
    ['into a variable that held another', `last = ${content};`, 'let last;', ['last']],
    ['into a member', `res.text += ${content};`, '', ['res adds']],
    ['into a member of the object', `this.text += ${content};`, '', ['AssignmentExpression']],
  ])('%s', (_, body, before, found) => {
    expect(outputs(body, before)).toEqual(found);
  });

  it.each([
    ['a variable of its own', `let text = ''; text += ${content};`],
    ['the usage', 'res.usage = chunk.usage; track(chunk.usage);'],
    ['a counter', 'res.count++; tick();'],
  ])('but not in %s', (_, body) => {
    expect(outputs(body)).toEqual([]);
  });

  it.each(LOGGERS)('but not in a log line by %s', (logger) => {
    expect(outputs(`${logger}(${content});`)).toEqual([]);
  });

  it.each(FALSE_LOGGERS)('by %s, which is no logger', (call) => {
    expect(outputs(`${call}(${content});`)).toEqual(['CallExpression']);
  });
});
