import type { TSESTree } from '@typescript-eslint/utils';
import type { OptionPath } from '../../providers/provider.ts';
import { findAccessPaths, findValues } from './access-path.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { unwrap } from '../source/tree.ts';

/**
 * The milliseconds after which a limit ends the stream. Null where the number is out of sight. `option`: where the
 * limit was set, if it is an option.
 */
export function readDuration(
  source: ParsedSource,
  limit: TSESTree.Node,
  option: OptionPath | { readonly client: string } | null,
): number | null {
  const value = unwrap(limit);
  const number = readProduct(source, value);
  if (number !== null) return isInSeconds(option) ? number * 1_000 : number;
  if (value.type === 'CallExpression' && value.callee.type === 'Identifier' && value.callee.name === 'setTimeout') {
    const [, delay] = value.arguments;
    return delay ? readProduct(source, delay) : null;
  }
  return readSignalDuration(source, value);
}

const isInSeconds = (option: OptionPath | { readonly client: string } | null): boolean =>
  option !== null && /seconds$/i.test('client' in option ? option.client : (option.path.at(-1) ?? ''));

/** `AbortSignal.timeout(n)`, alone or the shortest of an `AbortSignal.any([…])`. */
function readSignalDuration(source: ParsedSource, value: TSESTree.Node): number | null {
  const durations = findAccessPaths(source, value).flatMap(({ root, steps: [member, call] }): number[] => {
    if (
      root.kind !== 'node' ||
      root.node.type !== 'Identifier' ||
      root.node.name !== 'AbortSignal' ||
      member?.kind !== 'member' ||
      call?.kind !== 'call'
    )
      return [];
    const [argument] = call.node.arguments;
    if (!argument) return [];
    if (member.name === 'timeout') return [readProduct(source, argument) ?? []].flat();
    const parts = member.name === 'any' && argument.type === 'ArrayExpression' ? argument.elements : [];
    return parts.flatMap((part) => (part ? (readSignalDuration(source, part) ?? []) : []));
  });
  return durations.length > 0 ? Math.min(...durations) : null;
}

/** `60_000`, `60 * 1000`, or a constant with such a value. Null where the branches differ. */
function readProduct(source: ParsedSource, expression: TSESTree.Node): number | null {
  const values = findValues(source, expression);
  const [value] = values;
  if (!value || values.length > 1) return null;
  if (value.type === 'Literal') return typeof value.value === 'number' ? value.value : null;
  if (value.type !== 'BinaryExpression' || value.operator !== '*') return null;
  const [left, right] = [readProduct(source, value.left), readProduct(source, value.right)];
  return left === null || right === null ? null : left * right;
}
