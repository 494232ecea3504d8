import { catalog } from '../../src/providers/catalog.ts';
import type { ChunkTest, OptionPath, Provider, StreamApi } from '../../src/providers/provider.ts';
import type { Forms } from '../contract/forms.ts';

/** The names of the options that the catalog's APIs have for a signal and for retries. */
interface Names {
  readonly signals: readonly string[];
  readonly retries: readonly string[];
}

type OptionForms = Required<Pick<Forms, 'edits' | 'holes' | 'copies' | 'anywhere'>>;

/** How a request is given the signal of an attempt, and what goes on to the helper's own options. */
export function optionForms(own: readonly Provider[] = []): OptionForms {
  const apis = [...own, ...catalog].flatMap((provider) => provider.apis);
  const namesOf = (places: readonly (OptionPath | null)[]): readonly string[] => [
    ...new Set(places.flatMap((place) => place?.path ?? [])),
  ];
  const names: Names = {
    signals: namesOf(apis.map(({ signal }) => signal)),
    retries: namesOf(apis.map((api) => api.retries)),
  };
  return {
    edits: [...placed, ...renamed(names)],
    holes: { ...requestHoles(names), ...helperHoles(names, apis) },
    copies: copiesIn(names),
    anywhere,
  };
}

/** Where the options of the attempt are put into the request. */
const placed: Forms['edits'] = [
  // An argument more, in the place of one that says nothing, or around one that has a name.
  ['\n', ',\n$arguments'],
  ['\n', '\n$arguments,'],
  ['', '$arguments'],
  ['$nothing', '{ $settings }'],
  ['', '{ ...'],
  ['', '$signalKey: { ...'],
  ['', ', $settings }'],
  // More properties.
  ['{ }', '{ $settings }'],
  ['\n', ',\n$settings'],
  ['\n', '\n$settings'],
  ['\n', ',\n$settings,'],
  ['\n', '\n$settings,'],
  ['\n', '\n$settings\n'],
  ['\n', '\n$settings,\n'],
  // Another value of a property.
  ['signal: $nothing', '$signal=signal'],
  ['$copyKey: $nothing', '$copyKey: $signal'],
  ['$copyKey: $nothing', '$copyKey: 0'],
  ['signal: $movedValue', '$signal=signal'],
  ['$copyKey: $movedValue', '$copyKey: $signal'],
  ['$copyKey: $movedValue', '$copyKey: 0'],
  ['$movedValue', '$signal'],
  ['$movedValue', '0'],
  ['$movedValue=signal', 'signal: $signal'],
];

/** An option that has another name than `signal` or `maxRetries`. */
const renamed = ({ signals, retries }: Names): Forms['edits'] => [
  ...signals.map((name) => [`$movedValue=${name}`, `${name}: $signal`] as const),
  ...retries.map((name) => [`$movedValue=${name}`, `${name}: 0`] as const),
];

/** What the request is given. */
const requestHoles = ({ signals, retries }: Names): OptionForms['holes'] => ({
  $nothing: ['undefined', 'null', 'void 0'],
  $arguments: ['{ $settings }', 'undefined,\n$arguments'],
  $settings: ['$setting', '$setting,\n$settings'],
  $setting: ['$direct', '$signalKey: { $inner }', '$signalKey: { ...$held, $inner }'],
  $inner: ['$direct', '$direct, $direct'],
  $direct: ['$signal=signal', '$signalKey: $signal', '$retriesKey: 0'],
  $signalKey: signals,
  $retriesKey: retries,
});

/** What the helper is given. */
const helperHoles = ({ signals, retries }: Names, apis: readonly StreamApi[]): OptionForms['holes'] => ({
  $options: ['$option', '$option, $options'],
  $option: [...helperOptions, ...apis.flatMap(findTests).map((test) => `terminal: ($chunk) => ${test}`)],
  $retries: ['$copyRetries', '$held'],
  $held: ['$copyHolder?.$heldPath', '$copyLiteral.$heldPath'],
  $heldPath: ['$heldKey', '$heldKey?.$heldPath'],
  $heldKey: [...signals, ...retries, 'signal'],
  $undo: ['$reset', '$reset; $undo'],
  $reset: ['$copyVariable = $copyInitial', '$copyList.length = 0'],
});

const helperOptions: readonly string[] = [
  '$copySignal=signal',
  'signal: $copySignal',
  'signal: ($copySignal)',
  'signal: $held',
  'totalTimeoutMs: $copyLimit',
  'openTimeoutMs: $copyLimit',
  'openTimeoutMs: Infinity',
  '$copyRetries=maxRetries',
  'maxRetries: $retries ?? undefined',
  'maxRetries: ($copyRetries) ?? undefined',
  'maxRetries: $retries ?? $copyStated',
  'maxRetries: $retries',
  'maxRetries: $copyStated',
  'maxRetries: 0',
  'recover: $restart(() => { $undo; })',
];

/** Where the request has what the helper is given. */
const copiesIn = ({ signals, retries }: Names): OptionForms['copies'] => ({
  $copyKey: ['$copyKey'],
  $copyHolder: ['...$copyHolder', ',\n$copyHolder', '(\n$copyHolder', ': $copyHolder', '{\n$copyHolder'],
  $copySignal: [
    '$signalKey: $copySignal',
    "'$signalKey': $copySignal",
    '$signalKey: ($copySignal)',
    '$signalKey: /*$any*/ $copySignal',
    ...signals.map((name) => `$copySignal=${name}`),
  ],
  $copyLimit: ['AbortSignal.timeout($copyLimit)', ...limits],
  $copyRetries: ['$retriesKey: $copyRetries', ...retries.map((name) => `$copyRetries=${name}`)],
});

const limits = ['timeout: $copyLimit', 'timeoutMs: $copyLimit', '$copyLimit=timeout', '$copyLimit=timeoutMs'];
const undone = ['$copyVariable = $copyInitial', '$copyVariable: $any = $copyInitial'];

/** Where the file has it. */
const anywhere: OptionForms['anywhere'] = {
  $copyLimit: [...limits, '= $copyLimit'],
  $copyStated: ['$retriesKey: $copyStated', '= $copyStated'],
  $copyLiteral: [
    '$copyLiteral = {',
    '$copyLiteral: $any = {',
    '$copyLiteral = new AbortController(',
    'function $name($copyLiteral) {$any$name({',
  ],
  $copyVariable: undone,
  $copyInitial: undone,
  $copyList: ['$copyList = [', '$copyList: $any = ['],
};

/** What tells the end of chunks that the helper does not know. */
function findTests({ terminal, staysOpen }: StreamApi): string[] {
  const whole = terminal?.values?.filter((value) => !terminal.failures?.includes(value)) ?? null;
  const tests: readonly (ChunkTest | null)[] = [staysOpen ?? null, terminal && { path: terminal.path, values: whole }];
  return tests.flatMap((test) => {
    if (!test?.values || test.values.length === 0) return [];
    const [read, values] = [['$chunk', ...test.path].join('.'), test.values.map((value) => `'${value}'`)];
    return [values.length === 1 ? `${read} === ${values[0]!}` : `[${values.join(', ')}].includes(${read})`];
  });
}
