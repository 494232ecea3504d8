import { LOG_METHODS } from '../../src/analysis/source/words.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import type { Forms } from '../contract/forms.ts';
import { optionForms } from '../options/option-forms.ts';
import { importForms } from '../text/import-forms.ts';

/** How a parser by hand becomes a loop over `sse(response)` or `ndjson(response)`, and its request is put into the helper. */
export function parsingForms(options: CodemodOptions): Forms {
  const [imports, placed] = [importForms(options), optionForms(options.hints?.own)];
  return {
    edits: [
      ...imports.edits,
      ['$gone', 'for await (const $copyConst of $read) {\n'],
      ['$gone', 'for await (let $copyLet of $read) {\n'],
      ['$gone', 'for await (var $copyVar of $read) {\n'],
      ['$gone', 'for await (const $chunk of $read) {\n'],
      ['$gone', 'for await (let $chunk of $read) {\n'],
      ['$gone', '\n}'],
      ['$gone', ''],
      ['JSON.parse($gone)', '$chunk'],
      ['$copyReader', '$copyStream'],
      ['$name = await ', '$stream = await $resilientStream(async ({ $signal=signal }) => $parse(await '],
      ['', ')$end'],
      ['', 'const $stream = await $resilientStream(async ({ $signal=signal }) => {\n'],
      ['', '\nreturn $parse($copyResponse);\n}$end;'],
      ...placed.edits,
    ],
    holes: {
      ...imports.holes,
      ...placed.holes,
      $parse: ['$parser', '$parser<any>', '$parser<$copyType>'],
      $read: ['$stream', '$parse($copyStream)'],
      $end: [')', ', { $options })'],
    },
    copies: placed.copies,
    anywhere: { ...placed.anywhere, ...parsed },
    known: imports.known,
    gone: PARSING,
  };
}

/** Where a variable gets what is parsed. */
const parsedInto = (kind: string, name: string): readonly string[] => [
  `${kind} ${name} = JSON.parse(`,
  `${kind} ${name}: $any = JSON.parse(`,
  `${kind} ${name}; $any ${name} = JSON.parse(`,
];

/** Where the original has what a loop over events needs. */
const parsed: Forms['anywhere'] = {
  $copyReader: ['$copyReader = $any.getReader('],
  $copyConst: ['const', 'let', 'var'].flatMap((kind) => parsedInto(kind, '$copyConst')),
  $copyLet: parsedInto('let', '$copyLet'),
  $copyVar: parsedInto('var', '$copyVar'),
  $copyType: [': $copyType = JSON.parse(', ') as $copyType'],
  $copyStream: [
    '$copyStream.getReader()',
    'of $copyStream)',
    '$copyStream.body',
    '($copyStream as ',
    '($copyStream!',
    '$copyStream',
  ],
  $copyResponse: ['const $copyResponse = await', 'let $copyResponse = await'],
};

/** What a parser calls, and what else it does. */
const PARSING: readonly string[] = [
  ...LOG_METHODS,
  'at',
  'cancel',
  'charCodeAt',
  'concat',
  'decode',
  'endsWith',
  'exec',
  'filter',
  'fromCharCode',
  'getReader',
  'includes',
  'indexOf',
  'join',
  'lastIndexOf',
  'map',
  'match',
  'parse',
  'pipeThrough',
  'pop',
  'push',
  'read',
  'releaseLock',
  'replace',
  'shift',
  'slice',
  'split',
  'startsWith',
  'substr',
  'substring',
  'test',
  'TextDecoder',
  'TextDecoderStream',
  'toString',
  'trim',
  'trimEnd',
  'trimStart',
  'Uint8Array',
  'AwaitExpression',
  'ThrowStatement',
  'YieldExpression',
];
