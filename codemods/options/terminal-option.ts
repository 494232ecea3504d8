import type { TSESTree } from '@typescript-eslint/utils';
import { findOption, isLiteral } from '../../src/analysis/values/call-options.ts';
import { isLeaving } from '../../src/analysis/source/jumps.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import type { StreamLoop, StreamOrigin } from '../../src/analysis/facts/stream-loop.ts';
import { ancestorsOf, isFunction, isInside, visit } from '../../src/analysis/source/tree.ts';
import type { ChunkPath, ChunkTest } from '../../src/providers/provider.ts';
import type { HelperOption, Obstacle } from './placement.ts';
import { type FileStyle, findStyle } from '../text/style.ts';

const several: Obstacle = {
  obstacle:
    'The request may ask for more than one answer, each with an end of its own; wrap it by hand, with a `terminal` ' +
    'that counts them.',
};
const staysOpen: Obstacle = {
  obstacle:
    'This stream goes on behind the sign of the end, and the loop does not leave it there; leave the loop by ' +
    '`break`, then run this again.',
};

/** The options that describe the end of the stream to the helper; [] where the helper knows it. */
export function listTerminalOptions(
  source: ParsedSource,
  loop: StreamLoop,
  { api, call, relayed }: StreamOrigin,
): readonly HelperOption[] | Obstacle {
  if (api.protocol !== null) return [];
  const unknown: Obstacle = {
    obstacle:
      `The helper knows no sign of the end in the chunks of \`${api.name}\`, and would take a cut answer for a whole ` +
      'one; wrap the request by hand, with a `terminal` that tells it.',
  };
  const chunk = relayed ? 'chunk' : (loop.chunk?.name ?? 'chunk');
  if (api.staysOpen) {
    if (!isLeftAtEnd(source, loop)) return staysOpen;
    const closed = printTerminal(api.staysOpen, chunk, findStyle(source));
    // Another request may continue where the stream broke. The SDK's retries, which only repeat the request, stay.
    return closed === null
      ? unknown
      : [
          { name: 'maxRetries', value: '0' },
          { name: 'terminal', value: closed },
        ];
  }
  if (api.severalBy) {
    const count = findOption(source, call!, api.severalBy);
    if (count.kind === 'unknown' || (count.kind === 'value' && !isLiteral(source, count.value, 1))) return several;
  }
  const values = api.terminal?.values?.filter((value) => !api.terminal?.failures?.includes(value));
  const ended = values && printTerminal({ path: api.terminal!.path, values }, chunk, findStyle(source));
  return ended ? [{ name: 'terminal', value: ended }] : unknown;
}

/** The program leaves the loop at the terminal marker. */
function isLeftAtEnd(source: ParsedSource, { node, usedEndChecks, origin }: StreamLoop): boolean {
  const values = origin.api.terminal?.values ?? [];
  const isMarkerTest = (condition: TSESTree.Node): boolean =>
    usedEndChecks.some((read) => isInside(read, condition) && !isNegated(read));
  let isLeft = false;
  visit(node, source.visitorKeys, (inner) => {
    if (isLeft || (inner !== node && isFunction(inner))) return false;
    isLeft = inner !== node && isLeaving(inner, node) && isUnderMarker(inner, node, isMarkerTest, values);
    return !isLeft;
  });
  return isLeft;
}

/** The node runs only in an `if` or a `case` for the terminal marker. */
function isUnderMarker(
  node: TSESTree.Node,
  loop: TSESTree.Node,
  isMarkerTest: (condition: TSESTree.Node) => boolean,
  values: readonly string[],
): boolean {
  for (const outer of ancestorsOf(node)) {
    if (outer === loop) return false;
    if (outer.type === 'IfStatement' && isInside(node, outer.consequent) && isMarkerTest(outer.test)) return true;
    if (
      outer.type === 'SwitchCase' &&
      isMarkerTest(outer.parent.discriminant) &&
      listCaseTests(outer).some((test) => test.type === 'Literal' && values.includes(String(test.value)))
    )
      return true;
  }
  return false;
}

/** The tests of a case, and of the empty cases right before it. */
function listCaseTests(last: TSESTree.SwitchCase): TSESTree.Expression[] {
  const { cases } = last.parent;
  const index = cases.indexOf(last);
  const first = cases.slice(0, index).findLastIndex(({ consequent }) => consequent.length > 0) + 1;
  return cases.slice(first, index + 1).flatMap(({ test }) => test ?? []);
}

/** `chunk.type !== 'done'` */
const isNegated = ({ parent }: TSESTree.Node): boolean =>
  parent?.type === 'BinaryExpression' && parent.operator.startsWith('!');

/** `(chunk) => chunk.type === 'done'`; null where the value is not a plain member of every chunk. */
function printTerminal({ path, values }: ChunkTest, chunk: string, { quote }: FileStyle): string | null {
  const read = printMember(chunk, path);
  if (read === null || values === null) return null;
  const [first, ...others] = values.map((value) => quote + value + quote);
  if (first === undefined) return null;
  const test = others.length === 0 ? `${read} === ${first}` : `[${[first, ...others].join(', ')}].includes(${read})`;
  return `(${chunk}) => ${test}`;
}

/** `chunk.data.type` */
const printMember = (chunk: string, path: ChunkPath): string | null =>
  path.every((step) => typeof step === 'string') ? [chunk, ...path].join('.') : null;
