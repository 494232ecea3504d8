/** The shapes in which programs put a request and its loop: each is a program of the request of any example. */
import type { CodemodOptions } from '../../codemods/contract/codemod.ts';
import type { OptionPath, StreamApi } from '../../src/providers/provider.ts';
import { parseRequest, putClientOption, putOption, type Request } from './request.ts';
import type { Fault } from './server.ts';

/**
 * How the rewritten program ends against a server that cuts its first answer.
 * - `throws`: nobody catches the error, and what was shown came before the cut;
 * - `recovers`: it shows the whole answer, of two requests;
 * - `catches`: a handler of the program's own shows the error's name behind what came before.
 */
export type OnCut = 'throws' | 'recovers' | 'catches';

export interface Shape {
  readonly name: string;
  /** The program; null where the request cannot be put so. */
  readonly print: (request: Request) => string | null;
  readonly options?: Partial<CodemodOptions>;
  /** What the rewritten program says, beyond the helper's name. */
  readonly says?: RegExp;
  /** Why the codemod leaves the program as it is; null: it does not. @default null */
  readonly left?: (request: Request) => RegExp | null;
  /**
   * Whose stream it is can only be told by the names of what is called, and not all of them tell; where they do not,
   * the loop is left, or not seen.
   */
  readonly mayBeUnseen?: true;
  /** @default 'throws' */
  readonly onCut?: OnCut;
  /** Nothing is shown before the answer is whole; where what was gathered can be taken back, the program recovers. */
  readonly gathers?: true;
  /** Another fault than the cut, and what the rewritten program throws then; tried with one request of each SDK. */
  readonly strikes?: { readonly fault: Fault; readonly throws: RegExp; readonly interrupts?: true };
}

// ── Parts of a program ──────────────────────────────────────────────────────────────────────────────────────────────

/** The request, waited for where its example waits. */
const printOpened = ({ call, awaited }: Request): string => (awaited ? `await ${call}` : call);

/** The stream itself, `read` from the result. */
const printTaken = ({ member, awaited }: Request, opened: string): string =>
  member === '' ? opened : `${awaited ? `(${opened})` : opened}.${member}`;

const printStream = (request: Request): string => printTaken(request, printOpened(request));

/** In a loop's head a stream of which `?? []` is asked stands in parentheses. */
const printHead = (request: Request, stream: string): string => `${stream}${request.guard}`;

/** Whether what was shown is any text. */
const SHOW = "const show = (text) => {\n  process.stdout.write(text);\n  return text !== '';\n};";

/** A loop over `stream`, with what the body writes given to `sink` instead. */
const printLoop = (request: Request, stream: string, sink = 'process.stdout.write('): string =>
  `for await (const chunk of ${printHead(request, stream)}) ${printBody(request, sink)}`;

const printBody = ({ body }: Request, sink: string): string => body.replaceAll('process.stdout.write(', sink);

const printWhole = ({ imports, setup }: Request, ...rest: readonly string[]): string =>
  `${[imports, '', setup, ...rest].join('\n')}\n`;

/** What stands behind the body's opening brace. */
const printWithin = (
  request: Request,
  stream: string,
  first: string,
  last = '',
  sink = 'process.stdout.write(',
): string =>
  `for await (const chunk of ${printHead(request, stream)}) {\n  ${first}\n  ${printBody(request, sink)}\n  ${last}\n}`;

const withOption = (request: Request, place: OptionPath | null, value: string): Request | null => {
  if (!place || place.maker !== undefined || place.path.length === 0 || /controller$/i.test(place.path.at(-1) ?? ''))
    return null;
  return parseRequest(request.api, putOption(request.example, place, value));
};

/** The request with its arguments changed. */
const withArguments = (request: Request, change: (argument: string, index: number) => string): Request => ({
  ...request,
  call: `${request.callee}(${request.arguments.map(change).join(', ')})`,
});

const replaceRoot = ({ callee, arguments: given, client }: Request, root: string): string =>
  `${root}${callee.slice(client!.name.length)}(${given.join(', ')})`;

/**
 * A program that reads the request by `.withResponse()`; where that has no name, its `data` is in the head of the loop.
 */
function printResponded(
  request: Request,
  named: string | null,
  stream: string,
  ...between: readonly string[]
): string | null {
  if (!request.api.withResponse || request.member !== '') return null;
  const opened = `await ${request.call}.withResponse()`;
  return named === null
    ? printWhole(request, printLoop(request, `(${opened}).${stream}`))
    : printWhole(request, `${named}${opened};`, ...between, printLoop(request, stream));
}

const isMember = ({ member }: Request): boolean => member !== '' && !member.endsWith('()');

/** Milliseconds, at the call. */
function findCallTimeout({ timeouts }: StreamApi): OptionPath | null {
  const found = timeouts.find(
    ({ option }) =>
      !('client' in option) && option.maker === undefined && /^timeout(Ms)?$/.test(option.path.at(-1) ?? ''),
  );
  return found && !('client' in found.option) ? found.option : null;
}

/** Where its loop ends quietly at an abort, the helper's does not, and the program may mean to go on. */
const goesOn = ({ api: { onAbort } }: Request): RegExp | null =>
  onAbort === 'silent' ? /^After an abort this loop ends quietly/ : null;

/** What is opened outside of the request is read up by its first attempt. */
const readsOnce = ({ arguments: given }: Request): RegExp | null =>
  given.some((argument) => argument.includes('createReadStream('))
    ? /which can be read once \(`createReadStream`\)/
    : null;

/** The SDK's own retries are switched off; where a stream stays open they stay, for the helper has none there. */
const findRetries = ({ api: { retries, staysOpen } }: Request): OptionPath | null => (staysOpen ? null : retries);

const hasSignal = ({ api: { signal } }: Request): boolean =>
  signal !== null && signal.path.length > 0 && !/controller$/i.test(signal.path.at(-1) ?? '');

// ── The shapes ──────────────────────────────────────────────────────────────────────────────────────────────────────

const forms: readonly Shape[] = [
  { name: 'the head of the loop', print: (request) => printWhole(request, printLoop(request, printStream(request))) },
  {
    name: 'a constant',
    print: (request) => printWhole(request, `const stream = ${printStream(request)};`, printLoop(request, 'stream')),
  },
  {
    name: 'a promise that is waited for later',
    print: (request) =>
      request.awaited && request.member === ''
        ? printWhole(request, `const opening = ${request.call};`, printLoop(request, 'await opening'))
        : null,
  },
  {
    name: 'a result and its member',
    print: (request) =>
      request.member === ''
        ? null
        : printWhole(
            request,
            `const result = ${printOpened(request)};`,
            printLoop(request, `result.${request.member}`),
          ),
  },
  {
    name: 'destructuring',
    print: (request) =>
      isMember(request)
        ? printWhole(
            request,
            `const { ${request.member} } = ${printOpened(request)};`,
            printLoop(request, request.member),
          )
        : null,
  },
  {
    name: 'destructuring of a result with a name',
    print: (request) =>
      isMember(request)
        ? printWhole(
            request,
            `const result = ${printOpened(request)};`,
            `const { ${request.member}: pieces } = result;`,
            printLoop(request, 'pieces'),
          )
        : null,
  },
  {
    name: 'a result that may be another',
    print: (request) =>
      isMember(request)
        ? printWhole(
            request,
            `let result = { ${request.member}: [] };`,
            `if (process.argv.length < 99) result = ${printOpened(request)};`,
            printLoop(request, `result.${request.member}`),
          )
        : null,
    left: () => /may come from elsewhere than the request/,
  },
  {
    name: '`then`',
    print: (request) =>
      request.awaited && request.member === ''
        ? printWhole(request, `await ${request.call}.then(async (stream) => {`, printLoop(request, 'stream'), '});')
        : null,
  },
  {
    name: '`let` in branches',
    print: (request) =>
      printWhole(
        request,
        'let stream;',
        `if (process.argv.length > 99) stream = ${printStream(request)};`,
        `else stream = ${printStream(request)};`,
        printLoop(request, 'stream'),
      ),
  },
  {
    name: 'a conditional expression',
    print: (request) =>
      printWhole(
        request,
        `const stream = process.argv.length > 99 ? ${printStream(request)} : ${printStream(request)};`,
        printLoop(request, 'stream'),
      ),
  },
  {
    name: 'a conditional promise',
    print: (request) =>
      request.awaited && request.member === ''
        ? printWhole(
            request,
            `const stream = await (process.argv.length > 99 ? ${request.call} : ${request.call});`,
            printLoop(request, 'stream'),
          )
        : null,
  },
];

const printClass = (request: Request, head: string, call: string): string =>
  printWhole(
    { ...request, setup: request.client!.setup },
    'class Answers {',
    head,
    '  async print() {',
    printLoop(request, printStream({ ...request, call })),
    '  }',
    '}',
  );

const functions: readonly Shape[] = [
  {
    name: 'a client that is waited for',
    print: (request) =>
      request.client
        ? printWhole(
            { ...request, setup: request.client.setup },
            `const making = Promise.resolve(${request.client.made});`,
            printLoop(request, printStream({ ...request, call: replaceRoot(request, '(await making)') })),
          )
        : null,
    says: /async \(/,
  },
  {
    name: 'a callback of a function that tries again',
    print: (request) =>
      printWhole(
        request,
        'const tryTwice = async (open) => {\n  try {\n    return await open();\n  } catch {\n    return open();\n  }\n};',
        `const result = await tryTwice(() => ${request.call});`,
        printLoop(request, printTaken({ ...request, awaited: false }, 'result')),
      ),
    says: /openTimeoutMs: Infinity, maxRetries: 0/,
  },
  {
    name: 'a client in a field',
    print: (request) =>
      request.client
        ? `${printClass(request, `  client = ${request.client.made};`, replaceRoot(request, 'this.client'))}await new Answers().print();
`
        : null,
  },
  {
    name: 'a client in a private field, set by the constructor',
    print: (request) =>
      request.client
        ? `${printClass(
            request,
            `  #client;
  constructor() {
    this.#client = ${request.client.made};
  }`,
            replaceRoot(request, 'this.#client'),
          )}await new Answers().print();
`
        : null,
  },
  {
    name: 'a client handed to the constructor',
    print: (request) =>
      request.client
        ? `${printClass(request, '  constructor(client) {\n    this.client = client;\n  }', replaceRoot(request, 'this.client'))}await new Answers(${request.client.made}).print();
`
        : null,
    mayBeUnseen: true,
  },
  {
    name: 'a function that opens it',
    print: (request) =>
      request.member === ''
        ? printWhole(
            request,
            `async function open() {\n  return ${request.call};\n}`,
            printLoop(request, 'await open()'),
          )
        : null,
  },
  {
    name: 'an arrow that opens it',
    print: (request) =>
      request.member === ''
        ? printWhole(
            request,
            `const open = () => ${request.call};`,
            printLoop(request, request.awaited ? 'await open()' : 'open()'),
          )
        : null,
  },
  {
    name: 'a generator of chunks',
    print: (request) =>
      printWhole(
        request,
        `async function* answer() {
  for await (const piece of ${printHead(request, printStream(request))}) yield piece;
}`,
        printLoop({ ...request, guard: '' }, 'answer()'),
      ),
    left: ({ api }) =>
      api.staysOpen ? /^This stream goes on behind the sign of the end, and the loop does not leave it/ : null,
  },
  {
    name: 'a generator of text',
    print: (request) =>
      printWhole(
        request,
        `async function* answer() {\n${printLoop(request, printStream(request), 'yield (')}\n}`,
        'for await (const text of answer()) process.stdout.write(text);',
      ),
  },
  {
    name: 'a generator that hands it on',
    print: (request) =>
      printWhole(
        request,
        `async function* answer() {
  yield* ${request.guard === '' ? printStream(request) : `(${printHead(request, printStream(request))})`};
}`,
        printLoop({ ...request, guard: '' }, 'answer()'),
      ),
  },
  {
    name: 'a generator that hands a generator on',
    print: (request) =>
      printWhole(
        request,
        `async function* answer() {\n${printLoop(request, printStream(request), 'yield (')}\n}`,
        'async function* whole() {\n  yield* answer();\n}',
        'for await (const text of whole()) process.stdout.write(text);',
      ),
  },
  {
    name: 'a callback',
    print: (request) =>
      printWhole(
        request,
        `async function answer(onToken) {\n${printLoop(request, printStream(request), 'onToken(')}\n}`,
        'await answer((text) => { process.stdout.write(text); });',
      ),
  },
  {
    name: 'a callback that is waited for',
    print: (request) =>
      printWhole(
        request,
        `async function answer({ onToken }) {\n${printLoop(request, printStream(request), 'await onToken(')}\n}`,
        'await answer({ onToken: async (text) => { process.stdout.write(text); } });',
      ),
  },
  {
    name: 'a web stream',
    print: (request) =>
      printWhole(
        request,
        'const text = new ReadableStream({\n  async start(controller) {\n    try {',
        printLoop(request, printStream(request), 'controller.enqueue('),
        '      controller.close();\n    } catch (error) {\n      controller.error(error);\n    }\n  },\n});',
        'for await (const piece of text) process.stdout.write(piece);',
      ),
  },
  {
    name: 'a web stream, pulled out of a generator',
    print: (request) =>
      printWhole(
        request,
        `async function* answer() {\n${printLoop(request, printStream(request), 'yield (')}\n}`,
        'const pieces = answer();',
        'const text = new ReadableStream({\n  async pull(controller) {\n    const { value, done } = await pieces.next();\n    if (done) controller.close();\n    else controller.enqueue(value);\n  },\n});',
        'for await (const piece of text) process.stdout.write(piece);',
      ),
  },
];

const parameters: readonly Shape[] = [
  {
    name: 'params in a variable',
    print: (request) => {
      const [index] = request.objects;
      return index === undefined
        ? null
        : printWhole(
            { ...request, ...withArguments(request, (argument, at) => (at === index ? 'params' : argument)) },
            `const params = ${request.arguments[index]};`,
            printLoop(
              request,
              printStream(withArguments(request, (argument, at) => (at === index ? 'params' : argument))),
            ),
          );
    },
    left: readsOnce,
  },
  {
    name: 'params in a spread',
    print: (request) => {
      const [index] = request.objects;
      return index === undefined
        ? null
        : printWhole(
            request,
            `const params = ${request.arguments[index]};`,
            printLoop(
              request,
              printStream(withArguments(request, (argument, at) => (at === index ? '{ ...params }' : argument))),
            ),
          );
    },
    left: readsOnce,
  },
  {
    name: 'params of a function',
    print: (request) => {
      const [index] = request.objects;
      return index === undefined
        ? null
        : printWhole(
            request,
            'async function print(params) {',
            printLoop(
              request,
              printStream(withArguments(request, (argument, at) => (at === index ? 'params' : argument))),
            ),
            '}',
            `await print(${request.arguments[index]});`,
          );
    },
    // There the signal stands among the params.
    left: (request) =>
      readsOnce(request) ??
      (hasSignal(request) &&
      request.api.signal?.argument === request.objects[0] &&
      request.api.signal?.path.length === 1
        ? goesOn(request)
        : null),
  },
  {
    name: 'options of a function that may not be there',
    print: (request) => {
      const index = request.api.signal?.argument;
      if (
        !hasSignal(request) ||
        index === undefined ||
        index !== request.arguments.length ||
        request.api.signal?.maker !== undefined
      )
        return null;
      return printWhole(
        request,
        'async function print(options) {',
        printLoop(
          request,
          printStream({ ...request, call: `${request.callee}(${[...request.arguments, 'options'].join(', ')})` }),
        ),
        '}',
        'await print();',
      );
    },
    left: goesOn,
  },
];

const settings: readonly Shape[] = [
  {
    name: 'a signal of its own',
    print: (request) => {
      const given = withOption(request, request.api.signal, 'controller.signal');
      return (
        given &&
        printWhole(
          given,
          'const controller = new AbortController();',
          "process.once('SIGINT', () => controller.abort(new Error('enough')));",
          printLoop(given, printStream(given)),
        )
      );
    },
    says: /signal: controller\.signal/,
    strikes: { fault: 'stall', throws: /enough/, interrupts: true },
  },
  {
    name: 'a signal among options with a name',
    print: (request) => {
      const index = request.api.signal?.argument;
      if (
        !hasSignal(request) ||
        index === undefined ||
        index !== request.arguments.length ||
        request.api.signal?.maker !== undefined
      )
        return null;
      const given: Request = { ...request, call: `${request.callee}(${[...request.arguments, 'options'].join(', ')})` };
      const options = request.api.signal!.path.reduceRight(
        (inner, name) => `{ ${name}: ${inner} }`,
        'controller.signal',
      );
      return printWhole(
        given,
        'const controller = new AbortController();',
        `const options = ${options};`,
        "process.once('SIGINT', () => controller.abort(new Error('enough')));",
        printLoop(given, printStream(given)),
      );
    },
    says: /signal: options\./,
    strikes: { fault: 'stall', throws: /enough/, interrupts: true },
  },
  {
    name: 'a signal of a function that may not be there',
    print: (request) => {
      const given = withOption(request, request.api.signal, 'signal');
      return (
        given &&
        printWhole(
          given,
          'async function print({ signal } = {}) {',
          printLoop(given, printStream(given)),
          '}',
          'await print();',
        )
      );
    },
    says: /\{ signal(, | \})/,
    left: goesOn,
  },
  {
    name: '`AbortSignal.timeout()`',
    print: (request) => {
      const given = withOption(request, request.api.signal, 'AbortSignal.timeout(1_500)');
      return given && printWhole(given, printLoop(given, printStream(given)));
    },
    says: /totalTimeoutMs: 1_500/,
    strikes: { fault: 'stall', throws: /total-timeout/ },
  },
  {
    name: "the SDK's `timeout`",
    print: (request) => {
      const given = withOption(request, findCallTimeout(request.api), '2_500');
      return given && printWhole(given, printLoop(given, printStream(given)));
    },
    says: /imeout(Ms)?: 2_500/,
  },
  {
    name: "the SDK's `timeout`, as the limit",
    options: { timeouts: 'limit' },
    print: (request) => {
      const given = withOption(request, findCallTimeout(request.api), '1_500');
      return given && printWhole(given, printLoop(given, printStream(given)));
    },
    says: /totalTimeoutMs: 1_500/,
    // The SDK's own limit may be the first of the two.
    strikes: { fault: 'stall', throws: /timeout|timed out|abort|Error reading from the stream/i },
  },
  {
    name: '`maxRetries`',
    print: (request) => {
      const given = withOption(request, findRetries(request), '4');
      return given && printWhole(given, printLoop(given, printStream(given)));
    },
    says: /maxRetries: 0[^]*maxRetries: 4/,
  },
  {
    name: '`maxRetries` of the client',
    print: (request) => {
      const name = findRetries(request)?.path.at(-1);
      const example =
        name === undefined || request.api.ownRetries?.client !== name
          ? null
          : putClientOption(request.example, [name], '4');
      const given = example === null ? null : parseRequest(request.api, example);
      return given && printWhole(given, printLoop(given, printStream(given)));
    },
    says: /maxRetries: 0[^]*maxRetries: 4/,
  },
  {
    name: 'a variable named `signal` in the request',
    print: (request) => {
      const [index] = request.objects;
      const place = request.api.signal;
      if (!hasSignal(request) || index === undefined || place?.maker !== undefined) return null;
      return printWhole(
        request,
        `const signal = ${request.arguments[index]};`,
        'const resilientStream = 1;',
        printLoop(
          request,
          printStream(withArguments(request, (argument, at) => (at === index ? '{ ...signal }' : argument))),
        ),
      );
    },
    says: /attemptSignal/,
    left: readsOnce,
  },
];

const others: readonly Shape[] = [
  { name: '`.withResponse()`', print: (request) => printResponded(request, 'const { data: stream } = ', 'stream') },
  { name: '`.withResponse()` in the head of the loop', print: (request) => printResponded(request, null, 'data') },
  {
    name: '`.withResponse()` and its `data`',
    print: (request) =>
      printResponded(request, 'const opened = ', 'opened.data', "process.stdout.write(`${opened.request_id ?? ''}`);"),
  },
  {
    name: '`.withResponse()`, and its request id',
    print: (request) =>
      printResponded(
        request,
        'const { data: stream, request_id } = ',
        'stream',
        "process.stdout.write(request_id ?? '');",
      ),
    says: /stream\.requestId/,
  },
  {
    name: '`.withResponse()`, and its response',
    print: (request) =>
      printResponded(
        request,
        'const { data: stream, response } = ',
        'stream',
        'process.stdout.write(`${response.status} ${response.headers.get("content-type")}`);',
      ),
    says: /let response;[^]*\(\{ response \} = await /,
  },
  {
    name: '`.withResponse()`, and its answer',
    print: (request) =>
      printResponded(
        request,
        'const { data: stream, response } = ',
        'stream',
        'if (process.argv.length > 99) await response.text();',
      ),
    left: () => /^The `response` gives away the answer/,
  },
  {
    name: '`.withResponse()`, and `then`',
    print: (request) =>
      printResponded(request, '', '') === null
        ? null
        : printWhole(
            request,
            `await ${request.call}.withResponse().then(async ({ data }) => {`,
            printLoop(request, 'data'),
            '});',
          ),
  },
  {
    name: 'the controller, and `break`',
    print: (request) =>
      request.api.withResponse && request.member === ''
        ? printWhole(
            request,
            `const stream = ${printStream(request)};`,
            SHOW,
            'let done = false;',
            printWithin(
              request,
              'stream',
              '',
              'if (done) {\n    stream.controller.abort();\n    break;\n  }',
              'done = show(',
            ),
          )
        : null,
    onCut: 'recovers',
  },
  {
    name: '`tee()`',
    print: (request) =>
      request.api.withResponse && request.member === '' && request.awaited
        ? printWhole(
            request,
            `const stream = ${printStream(request)};`,
            'const [left, right] = stream.tee();',
            printLoop(request, 'left'),
            'for await (const chunk of right) if (chunk === 1) break;',
          )
        : null,
    left: () => /`tee` is used/,
  },
  {
    name: '`toReadableStream()`',
    print: (request) =>
      request.api.withResponse && request.member === ''
        ? printWhole(
            request,
            `const stream = ${printStream(request)};`,
            'if (process.argv.length > 99) stream.toReadableStream();',
            printLoop(request, 'stream'),
          )
        : null,
    left: () => /`toReadableStream` is used/,
  },
  {
    name: 'the final value',
    print: (request) => {
      const [final] = request.api.finals.filter(({ name }) => /^final[A-Z]/.test(name));
      return final && request.member === ''
        ? printWhole(
            request,
            `const stream = ${printStream(request)};`,
            printLoop(request, 'stream'),
            `await stream.${final.name}();`,
            "process.stdout.write('.');",
          )
        : null;
    },
    left: () => /`final\w+` is used/,
  },
  {
    name: "the result's usage",
    print: (request) =>
      request.member !== '' && request.api.finals.some(({ name }) => name === 'usage')
        ? printWhole(
            request,
            `const result = ${printOpened(request)};`,
            printLoop(request, `result.${request.member}`),
            'console.log((await result.usage).outputTokens ?? 0);',
          )
        : null,
    left: () => /`usage` is used/,
  },
  {
    name: "the result's reason for the end",
    print: (request) =>
      isMember(request) &&
      request.api.protocol !== null &&
      request.api.finals.some(({ name, onCleanEnd }) => name === 'finishReason' && onCleanEnd === 'tells')
        ? printWhole(
            request,
            `const result = ${printOpened(request)};`,
            printLoop(request, `result.${request.member}`),
            'console.log(await result.finishReason);',
          )
        : null,
  },
];

const bodies: readonly Shape[] = [
  {
    name: 'try and catch',
    print: (request) =>
      printWhole(
        request,
        'try {',
        printLoop(request, printStream(request)),
        '} catch (error) {',
        '  process.stdout.write(error.name);',
        '}',
      ),
    onCut: 'catches',
  },
  {
    name: 'try, catch and finally around a constant',
    print: (request) =>
      printWhole(
        request,
        'let stream;',
        'try {',
        `stream = ${printStream(request)};`,
        printLoop(request, 'stream'),
        '} catch (error) {',
        '  process.stdout.write(error.name);',
        '} finally {',
        "  process.stdout.write('');",
        '}',
      ),
    onCut: 'catches',
  },
  {
    name: 'a labelled continue',
    print: (request) =>
      printWhole(
        request,
        SHOW,
        'let shown = false;',
        'rounds: for (const round of [1, 2]) {',
        printWithin(request, printStream(request), '', 'if (round === 1 && shown) continue rounds;', 'shown = show('),
        '}',
      ),
    onCut: 'recovers',
  },
  {
    name: 'a labelled break',
    print: (request) =>
      printWhole(
        request,
        SHOW,
        'let shown = false;',
        'rounds: for (;;) {',
        printWithin(request, printStream(request), '', 'if (shown) break rounds;', 'shown = show('),
        '}',
        "process.stdout.write('.');",
      ),
    onCut: 'recovers',
  },
  {
    name: 'an early return',
    print: (request) =>
      printWhole(
        request,
        SHOW,
        'async function first() {',
        '  let shown = false;',
        printWithin(request, printStream(request), '', "if (shown) return 'left';", 'shown = show('),
        "  return 'read';",
        '}',
        'process.stdout.write(await first());',
      ),
    onCut: 'recovers',
  },
  {
    name: 'waits in the loop',
    print: (request) =>
      printWhole(
        request,
        printWithin(request, printStream(request), '', 'await new Promise((resolve) => { setTimeout(resolve, 2); });'),
      ),
  },
  {
    name: 'text that is gathered',
    print: (request) =>
      printWhole(
        request,
        "let answer = '';",
        printLoop(request, printStream(request), 'answer += ('),
        'process.stdout.write(answer);',
      ),
    gathers: true,
  },
  {
    name: 'pieces that are gathered by a function',
    print: (request) =>
      printWhole(
        request,
        'async function gather() {',
        '  const pieces = [];',
        printLoop(request, printStream(request), 'pieces.push('),
        '  return pieces;',
        '}',
        'for (const piece of await gather()) process.stdout.write(piece);',
      ),
    gathers: true,
  },
  {
    name: 'many questions',
    print: (request) =>
      printWhole(
        request,
        'for (const round of [1, 2]) {',
        '  console.log(round);',
        printLoop(request, printStream(request)),
        '}',
      ),
  },
  {
    name: 'many questions at once',
    print: (request) =>
      printWhole(
        request,
        'async function ask() {',
        "  let answer = '';",
        printLoop(request, printStream(request), 'answer += ('),
        '  return answer;',
        '}',
        'for (const answer of await Promise.all([ask(), ask()])) process.stdout.write(answer);',
      ),
    gathers: true,
  },
];

export const shapes: readonly Shape[] = [...forms, ...functions, ...parameters, ...settings, ...others, ...bodies];
