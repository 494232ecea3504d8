import { listOf, type Node } from './babel.ts';
import { MARKER } from './text/marker.ts';

/** Comments inside of what is gone went with it; the codemod's own came. */
export function restoreComments(original: Node, rewritten: Node, gone: readonly Node[]): Node[] {
  const now = listOf(rewritten['comments']).filter(
    ({ value }) =>
      !String(value).trimStart().startsWith(MARKER) ||
      listOf(original['comments']).some((old) => old['value'] === value),
  );
  const isGone = (comment: Node): boolean => gone.some((node) => isAt(node, comment));
  const restored: Node[] = [];
  for (const old of listOf(original['comments'])) {
    const [next] = now;
    if (next && next['value'] === old['value'] && next.type === old.type) restored.push(now.shift()!);
    else if (isGone(old)) restored.push(old);
  }
  return [...restored, ...now];
}

/** In the node, or behind it on its last line. */
function isAt(node: Node, comment: Node): boolean {
  const [start, end] = [Number(node['start']), Number(node['end'])];
  const isBehind =
    Number(comment['start']) >= end &&
    (node['loc'] as { end: { line: number } } | null)?.end.line ===
      (comment['loc'] as { start: { line: number } } | null)?.start.line;
  return (Number(comment['start']) >= start && Number(comment['end']) <= end) || isBehind;
}
