import { describe, expect, it } from 'vitest';
import { parseSource } from '../../../../src/analysis/source/parse-source.ts';
import { findUnbufferedParses, mayHoldParse } from '../../../../src/analysis/bytes/unbuffered-parses.ts';

/** What is parsed out of one chunk alone; the search of the text lets all of it through. */
function parsesIn(text: string): string[] {
  const source = parseSource('example.ts', text);
  const parses = findUnbufferedParses(source);
  expect(mayHoldParse(text) || parses.length === 0).toBe(true);
  return parses.map(({ parse, split }) => `${split ? 'split' : 'whole'} ${source.text.slice(...parse.range)}`);
}

const reader = (read: string, head = "let buffer = '';"): string =>
  `const reader = (await fetch(url)).body.getReader();
const decoder = new TextDecoder();
${head}
while (true) { const { done, value } = await reader.read(); if (done) break; const text = decoder.decode(value, { stream: true }); ${read} }`;
const body = (read: string): string => `for await (const chunk of (await fetch(url)).body) { ${read} }`;

describe('JSON that is parsed out of one chunk alone', () => {
  it.each([
    [
      'lines, in a `for`',
      reader("for (const line of text.split('\\n')) show(JSON.parse(line));"),
      ['split JSON.parse(line)'],
    ],
    [
      'lines, in a callback',
      reader("text.split('\\n').filter(Boolean).forEach((line) => show(JSON.parse(line.trim())));"),
      ['split JSON.parse(line.trim())'],
    ],
    [
      'lines, under a name',
      reader(
        "const lines = text.split(/\\r?\\n/); for (const line of lines) { if (!line.startsWith('data: ')) continue; const data = line.slice(6); show(JSON.parse(data)); }",
      ),
      ['split JSON.parse(data)'],
    ],
    [
      'lines, whose prefix is gone',
      reader(
        "const lines = text.split('\\n').map((line) => line.replace(/^data: /, '').trim()).filter(Boolean); for (const line of lines) show(JSON.parse(line));",
      ),
      ['split JSON.parse(line)'],
    ],
    [
      'events',
      reader("for (const event of text.split('\\n\\n')) show(JSON.parse(event.replace('data: ', '')));"),
      ["split JSON.parse(event.replace('data: ', ''))"],
    ],
    [
      'one of the pieces',
      reader("show(JSON.parse(text.split('data: ')[1]));"),
      ["split JSON.parse(text.split('data: ')[1])"],
    ],
    [
      'a wrapper of `JSON.parse`',
      reader("for (const line of text.split('\\n')) show(safeJsonParse(line));"),
      ['split safeJsonParse(line)'],
    ],
    [
      'a function of the file',
      `${reader("for (const line of text.split('\\n')) take(line);")}\nfunction take(line) { show(JSON.parse(line)); }`,
      ['split JSON.parse(line)'],
    ],
    [
      'a catch that loses a cut line',
      reader("for (const line of text.split('\\n')) { try { answer += JSON.parse(line).text; } catch { continue; } }"),
      ['split JSON.parse(line)'],
    ],
    [
      'a name that is set for each chunk',
      reader("let own = ''; own = text.trim(); for (const line of own.split('\\n')) show(JSON.parse(line));"),
      ['split JSON.parse(line)'],
    ],
    [
      'a body that is iterated',
      body("for (const line of chunk.toString().split('\\n')) show(JSON.parse(line));"),
      ['split JSON.parse(line)'],
    ],
    [
      'a body whose chunks are parsed whole',
      body('show(JSON.parse(chunk.toString()));'),
      ['whole JSON.parse(chunk.toString())'],
    ],
    [
      'text of a stream that decodes',
      "const reader = (await fetch(url)).body.pipeThrough(new TextDecoderStream()).getReader();\nfor (;;) { const { value, done } = await reader.read(); if (done) break; for (const line of value.split('\\n')) show(JSON.parse(line)); }",
      ['split JSON.parse(line)'],
    ],
    [
      'a listener',
      "response.data.on('data', (chunk) => { for (const line of chunk.toString().split('\\n')) show(JSON.parse(line)); });",
      ['split JSON.parse(line)'],
    ],
  ])('%s', (_, text, expected) => expect(parsesIn(text)).toEqual(expected));

  it.each([
    [
      'the last line waits',
      reader(
        "buffer += text; const lines = buffer.split('\\n'); buffer = lines.pop(); for (const line of lines) show(JSON.parse(line));",
      ),
    ],
    [
      'the last line waits in front',
      reader(
        "const lines = (buffer + text).split('\\n'); buffer = lines.pop(); for (const line of lines) show(JSON.parse(line));",
      ),
    ],
    [
      'the last line is taken off this chunk',
      reader(
        "const lines = text.split('\\n'); lines[0] = buffer + lines[0]; buffer = lines.pop(); for (const line of lines) show(JSON.parse(line));",
      ),
    ],
    [
      'what does not parse waits',
      reader(
        "for (const line of text.split('\\n')) { try { show(JSON.parse(buffer + line)); buffer = ''; } catch { buffer = line; } }",
      ),
    ],
    [
      'a line that does not parse is joined to the next',
      reader(
        "for (let line of text.split('\\n')) { try { show(JSON.parse(line)); } catch { buffer += line; retry(buffer); } }",
      ),
    ],
    [
      'a template joins the rest',
      reader("for (const line of `${buffer}${text}`.split('\\n')) show(JSON.parse(line));"),
    ],
    ['the whole text is parsed in the end', `${reader('buffer += text;')}\nshow(JSON.parse(buffer));`],
    [
      'lines come from a reader of lines',
      "import readline from 'node:readline';\nfor await (const line of readline.createInterface({ input })) show(JSON.parse(line));",
    ],
    [
      'messages are iterated',
      "for await (const message of messages) for (const line of message.toString().split('\\n')) show(JSON.parse(line));",
    ],
    [
      'a parser stands between',
      'for await (const chunk of (await fetch(url)).body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) show(JSON.parse(chunk.data));',
    ],
    ['each message is an event', "socket.on('message', (data) => show(JSON.parse(data.toString())));"],
    ['a chunk of an emitter is parsed whole', "bus.on('data', (data) => show(JSON.parse(data.toString())));"],
    ['it is split at something else', reader("for (const part of text.split(',')) show(JSON.parse(part));")],
  ])('is none where %s', (_, text) => expect(parsesIn(text)).toEqual([]));

  it('needs a parse, and a loop or a listener, in the text', () => {
    expect(mayHoldParse(reader("for (const line of text.split('\\n')) show(JSON.parse(line));"))).toBe(true);
    expect(mayHoldParse('show(JSON.parse(text));')).toBe(false);
    expect(mayHoldParse('for await (const page of pages) show(page);')).toBe(false);
    expect(mayHoldParse('for await (const line of lines) show(JSON.parse(line));')).toBe(false);
  });
});
