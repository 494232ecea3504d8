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
    'The request may ask for more than one answer, each with an end of its own; wrap it by hand, with a `terminal` that counts them.',
};
const staysOpen: Obstacle = {
  obstacle:
    'This stream goes on behind the sign of the end, and the loop does not leave it there; leave the loop by `break`, then run this again.',
};

/** The options that tell the helper what it does not know of the end of these chunks; [] where it knows. */
export function findEnding(
  source: ParsedSource,
  loop: StreamLoop,
  { api, call, relayed }: StreamOrigin,
): readonly HelperOption[] | Obstacle {
  if (api.protocol !== null) return [];
  const unknown: Obstacle = {
    obstacle: `The helper knows no sign of the end in the chunks of \`${api.name}\`, and would take a cut answer for a whole one; wrap the request by hand, with a \`terminal\` that tells it.`,
  };
  const chunk = relayed ? 'chunk' : (loop.chunk?.name ?? 'chunk');
  if (api.staysOpen) {
    if (!isLeftAtEnd(source, loop)) return staysOpen;
    const closed = printTest(api.staysOpen, chunk, findStyle(source));
    // Another request may not bring again what came before it; the SDK's own retries, of the request alone, stay.
    return closed === null
      ? unknown
      : [
          { name: 'maxRetries', value: '0' },
          { name: 'terminal', value: closed },
        ];
  }
  if (api.severalBy) {
    const asked = findOption(source, call!, api.severalBy);
    if (asked.kind === 'unknown' || (asked.kind === 'value' && !isLiteral(source, asked.value, 1))) return several;
  }
  const values = api.terminal?.values?.filter((value) => !api.terminal?.failures?.includes(value));
  const ended = values && printTest({ path: api.terminal!.path, values }, chunk, findStyle(source));
  return ended ? [{ name: 'terminal', value: ended }] : unknown;
}

/** What the program leaves the loop for is the sign of the end. */
function isLeftAtEnd(source: ParsedSource, { node, heeded, origin }: StreamLoop): boolean {
  const values = origin.api.terminal?.values ?? [];
  const isSign = (condition: TSESTree.Node): boolean =>
    heeded.some((read) => isInside(read, condition) && !isDenied(read));
  let isLeft = false;
  visit(node, source.visitorKeys, (inner) => {
    if (isLeft || (inner !== node && isFunction(inner))) return false;
    isLeft = inner !== node && isLeaving(inner, node) && isBehind(inner, node, isSign, values);
    return !isLeft;
  });
  return isLeft;
}

/** Control comes to a statement of the loop only by an `if` or a `case` that the sign of the end fulfils. */
function isBehind(
  node: TSESTree.Node,
  loop: TSESTree.Node,
  isSign: (condition: TSESTree.Node) => boolean,
  values: readonly string[],
): boolean {
  for (const outer of ancestorsOf(node)) {
    if (outer === loop) return false;
    if (outer.type === 'IfStatement' && isInside(node, outer.consequent) && isSign(outer.test)) return true;
    if (
      outer.type === 'SwitchCase' &&
      isSign(outer.parent.discriminant) &&
      findTests(outer).some((test) => test.type === 'Literal' && values.includes(String(test.value)))
    )
      return true;
  }
  return false;
}

/** Of a case, and of those before it that have nothing of their own. */
function findTests(last: TSESTree.SwitchCase): TSESTree.Expression[] {
  const { cases } = last.parent;
  const index = cases.indexOf(last);
  const first = cases.slice(0, index).findLastIndex(({ consequent }) => consequent.length > 0) + 1;
  return cases.slice(first, index + 1).flatMap(({ test }) => test ?? []);
}

/** `chunk.type !== 'done'` */
const isDenied = ({ parent }: TSESTree.Node): boolean =>
  parent?.type === 'BinaryExpression' && parent.operator.startsWith('!');

/** `(chunk) => chunk.type === 'done'`; null for what is not in every chunk, and so needs more than a comparison. */
function printTest({ path, values }: ChunkTest, chunk: string, { quote }: FileStyle): string | null {
  const read = printRead(chunk, path);
  if (read === null || values === null) return null;
  const [first, ...others] = values.map((value) => quote + value + quote);
  if (first === undefined) return null;
  return `(${chunk}) => ${others.length === 0 ? `${read} === ${first}` : `[${[first, ...others].join(', ')}].includes(${read})`}`;
}

/** `chunk.data.type` */
const printRead = (chunk: string, path: ChunkPath): string | null =>
  path.every((step) => typeof step === 'string') ? [chunk, ...path].join('.') : null;
