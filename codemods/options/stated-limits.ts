import type { TSESTree } from '@typescript-eslint/utils';
import { findAccessPaths, findValues } from '../../src/analysis/values/access-path.ts';
import { findOption } from '../../src/analysis/values/call-options.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop, StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import { unwrap } from '../../src/analysis/source/tree.ts';
import type { OptionPath } from '../../src/providers/provider.ts';
import type { TimeoutMeaning } from '../contract/codemod.ts';
import type { HelperOption } from './placement.ts';

/** The helper's default limit for the headers; a longer limit of the program replaces it. */
const OPEN_TIMEOUT_MS = 60_000;

/**
 * The retries and limits that the program declares, as options of the helper: at the call (`moved`), at the client, or
 * by a loop around the request that retries.
 */
export function listDeclaredOptions(
  source: ParsedSource,
  loop: StreamLoop,
  origin: StreamOrigin,
  moved: readonly HelperOption[],
  timeouts: TimeoutMeaning = 'keep',
): HelperOption[] {
  const timeout = findOpenTimeout(source, origin);
  const others = moved.filter(({ name }) => name !== 'maxRetries');
  const own = moved.find(({ name }) => name === 'maxRetries');
  const ofClient = origin.api.retries ? findAtClient(source, origin, origin.api.retries.path.at(-1)!) : null;
  // Retries inside of retries multiply.
  const outer = loop.retriedBy ? '0' : ofClient;
  const retries = own
    ? outer !== null && /\?\.|\.max/.test(own.value)
      ? `${own.value} ?? ${outer}`
      : own.value
    : outer;
  const limit =
    timeouts === 'limit' && !others.some(({ name }) => name === 'totalTimeoutMs') ? findLimit(source, origin) : null;
  return [
    ...others,
    ...(limit === null ? [] : [{ name: 'totalTimeoutMs', value: limit } as const]),
    ...(timeout === null ? [] : [{ name: 'openTimeoutMs', value: timeout } as const]),
    ...(retries === null ? [] : [{ name: 'maxRetries', value: retries } as const]),
  ];
}

/** A limit for the headers that is longer than the helper's default. The SDK keeps it too. */
function findOpenTimeout(source: ParsedSource, origin: StreamOrigin): string | null {
  for (const { option, bounds } of origin.api.timeouts) {
    if (bounds !== 'headers' || 'client' in option || option.maker !== undefined || !isMilliseconds(option)) continue;
    const found = findOption(source, origin.call!, option);
    if (found.kind === 'value')
      return isLonger(source, found.value) && isAt(origin.call!, found.value)
        ? source.text.slice(...found.value.range)
        : null;
    if (found.kind === 'unknown') return null;
  }
  for (const { option, bounds } of origin.api.timeouts) {
    const name = bounds === 'headers' && 'client' in option ? option.client : null;
    const ofClient = name === 'timeout' ? findAtClient(source, origin, name) : null;
    if (ofClient !== null && Number(ofClient.replaceAll('_', '')) > OPEN_TIMEOUT_MS) return ofClient;
  }
  return null;
}

/** The SDK's own `timeout`, at the call or of the client, whatever it bounds. The SDK keeps it too. */
function findLimit(source: ParsedSource, origin: StreamOrigin): string | null {
  const places = origin.api.timeouts.flatMap(({ option }) =>
    'client' in option || option.maker !== undefined || !isMilliseconds(option) ? [] : [option],
  );
  for (const place of places) {
    const found = findOption(source, origin.call!, place);
    if (found.kind === 'value')
      return isCalculation(found.value) && isAt(origin.call!, found.value) && !isZero(found.value)
        ? source.text.slice(...found.value.range)
        : null;
    if (found.kind === 'unknown') return null;
  }
  return origin.api.timeouts.some(({ option }) => 'client' in option && option.client === 'timeout')
    ? findAtClient(source, origin, 'timeout')
    : null;
}

/** The helper accepts no limit of zero. */
const isZero = (value: TSESTree.Node): boolean => value.type === 'Literal' && value.value === 0;

const isMilliseconds = ({ path }: OptionPath): boolean => /^timeout(Ms)?$/.test(path.at(-1) ?? '');
const isAt = (call: TSESTree.CallExpression, value: TSESTree.Node): boolean =>
  value.range[0] >= call.range[0] && value.range[1] <= call.range[1];

/** A known number is compared; a name or a calculation with names may be longer. */
function isLonger(source: ParsedSource, value: TSESTree.Node): boolean {
  const numbers = findValues(source, value).map((each) =>
    each.type === 'Literal' && typeof each.value === 'number' ? each.value : null,
  );
  if (numbers.length > 0 && numbers.every((number) => number !== null))
    return numbers.some((number) => number > OPEN_TIMEOUT_MS);
  return isCalculation(value);
}

/** Numbers and names, which can be evaluated twice. */
function isCalculation(value: TSESTree.Node): boolean {
  const node = unwrap(value);
  switch (node.type) {
    case 'BinaryExpression':
      return isCalculation(node.left) && isCalculation(node.right);
    case 'MemberExpression':
      return !node.computed && isCalculation(node.object);
    case 'Literal':
      return typeof node.value === 'number';
    default:
      return node.type === 'ThisExpression' || (node.type === 'Identifier' && node.name !== 'undefined');
  }
}

/**
 * A number that the client was constructed with, or got by `withOptions()`, as source text. Only a literal: where the
 * client is made, other names may be in scope.
 */
function findAtClient(source: ParsedSource, { call, provider }: StreamOrigin, name: string): string | null {
  const [path, ...others] = findAccessPaths(source, call!.callee);
  if (!path || others.length > 0) return null;
  for (const [index, step] of [...path.steps.entries()].reverse()) {
    const before = path.steps[index - 1];
    const isClient =
      step.kind === 'new' ||
      (step.kind === 'call' && before?.kind === 'member' && provider.sameClient.includes(before.name));
    if (!isClient || !step.node) continue;
    const found = findOption(source, step.node, { argument: 0, path: [name] });
    if (found.kind === 'absent') continue;
    const [value, ...more] = found.kind === 'value' ? findValues(source, found.value) : [];
    return value?.type === 'Literal' && typeof value.value === 'number' && more.length === 0
      ? source.text.slice(...value.range)
      : null;
  }
  return null;
}
