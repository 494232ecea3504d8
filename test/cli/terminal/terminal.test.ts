import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askOn } from '../../../cli/terminal/terminal.ts';

const output = (): PassThrough => new PassThrough().resume();

describe('a question', () => {
  it('can be asked again at once', async () => {
    const input = new PassThrough();
    const answers: (string | null)[] = [];
    input.write('?\n');
    answers.push(await askOn(input, output(), 'Go on? '));
    const second = askOn(input, output(), 'Go on? ');
    setImmediate(() => input.write('y\n'));
    answers.push(await second);
    expect(answers).toEqual(['?', 'y']);
  });

  it('that is left ends its line, and is not answered', async () => {
    const [input, shown] = [new PassThrough(), new PassThrough()];
    input.end();
    expect(await askOn(input, shown, 'Go on? ')).toBeNull();
    expect(String(shown.read())).toBe('Go on? \n');
  });
});
