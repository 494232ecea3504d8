import { catalog } from '../../src/providers/catalog.ts';
import type { Provider } from '../../src/providers/provider.ts';
import type { CodemodOptions } from '../contract/codemod.ts';
import type { Forms } from '../contract/forms.ts';
import { optionForms } from '../options/option-forms.ts';
import { importForms } from '../text/import-forms.ts';

/** How a request is put into `resilientStream`, and what becomes of the places that read its stream. */
export function wrapForms(options: CodemodOptions): Forms {
  const own = options.hints?.own ?? [];
  const [imports, placed] = [importForms(options), optionForms(own)];
  const members = findMembers([...own, ...catalog]);
  return {
    edits: [
      ...imports.edits,
      ...heads,
      ...tails,
      ...findPicks(members),
      ...(options.widenTypes ? types : []),
      ...placed.edits,
    ],
    holes: {
      ...imports.holes,
      ...placed.holes,
      $parameter: ['', '{ $signal=signal }', '{ signal: $signal }'],
      $end: [')', ', { $options })'],
      $member: members,
      $taken: members
        .map((name) => `$copyMember=${name}`)
        .flatMap((name) => [`\n.${name}`, `?.${name}`, `\n.${name}()`, `\n.${name}($copyArgument)`]),
      $guard: ['', ' ?? []', '$copyGuard'],
    },
    copies: placed.copies,
    anywhere: {
      ...placed.anywhere,
      $copyResponse: ['response: $copyResponse', '$copyResponse=response'],
      $copyStream: ['data: $copyStream', '$copyStream=data'],
      $copyId: ['request_id: $copyId', '$copyId=request_id'],
    },
    taken: {
      $copyMember: ['.$copyMember', '{$any$copyMember:', '{ $copyMember }'],
      $copyGuard: ['$copyGuard'],
      $copyArgument: ['.$member($copyArgument)'],
    },
    known: imports.known,
    gone: [...members, 'ImportDeclaration'],
  };
}

const heads = [
  '$resilientStream(($parameter) => ',
  '$resilientStream(async ($parameter) => ',
  '$resilientStream(($parameter) => (',
  '$resilientStream(async ($parameter) => (',
  '$resilientStream(async ($parameter) => (await ',
  '$resilientStream(async ($parameter) => ({ $copyResponse=response } = await ',
  '$resilientStream(async ($parameter) => ({ response: $copyResponse } = await ',
].map((head) => ['', head] as const);

const tails = ['$end', ')$end', '$taken$guard$end', ')$taken$guard$end', '$taken$guard)$end'].map(
  (tail) => ['', tail] as const,
);

const types: Forms['edits'] = [
  ['$name', 'AsyncIterable'],
  ['$name.$part', 'AsyncIterable'],
  ['$name.$part.$inner', 'AsyncIterable'],
  ["\nimport $anyNames from '$anyModule';\n", ''],
  [', { $anyNames }', ''],
  ['$name, ', ''],
  [', $name', ''],
  [',\n$name', ''],
  ['$name,\n', ''],
  ['type $name,\n', ''],
  [',\ntype $name', ''],
];

function findPicks(members: readonly string[]): Forms['edits'] {
  return [
    ['{$anyA$member: $stream$anyB}', '$stream'],
    ...members.map((name) => [`{$anyA$stream=${name}$anyB}`, '$stream'] as const),
    ...['', ')', '!'].flatMap((behind) =>
      ['\n.$member', '?.$member', '\n.$member()'].map((taken) => [behind + taken, ''] as const),
    ),
    ['\n.$member($movedArgument)', ''],
    ['\n.$member', '\n.text()'],
    ['\n.$member()', '\n.text()'],
    ['(', ''],
    ['', '('],
    ['', ').text()'],
    ['', '.text()'],
    ['!', ''],
    ['\n?? []', ''],
    ['! ?? []', ''],
    ['request_id', 'requestId'],
    ['$copyId', '$copyStream.requestId'],
    ['', ': $copyStream.requestId'],
    ['', 'let $copyResponse;\n'],
    ['', 'let $copyResponse!: Response;\n'],
    ['', 'let $copyResponse!: globalThis.Response;\n'],
  ];
}

/** Members of results that hold a stream. */
const findMembers = (providers: readonly Provider[]): readonly string[] => [
  'data',
  ...new Set(
    providers
      .flatMap(({ apis }) => apis.flatMap(({ iterables }) => iterables))
      .map((name) => name.replace(/\W/g, ''))
      .filter((name) => name !== ''),
  ),
];
