import { fieldsOf, isNode, type Node } from './babel.ts';
import type { Undone } from './codemod.ts';

const PLAIN: Readonly<Record<string, string>> = { OptionalMemberExpression: 'MemberExpression', OptionalCallExpression: 'CallExpression' };

/** Takes out each `?.` that the original lacks at that place, and gives back the `!` that stood for it. */
export const undoOptional = (original: Node, rewritten: Node): Undone => ({ tree: withoutOptional(original, rewritten) as Node });

function withoutOptional(before: unknown, after: unknown): unknown {
  if (Array.isArray(after)) return after.map((item, index) => withoutOptional(Array.isArray(before) ? before[index] : null, item));
  if (!isNode(after) || !isNode(before)) return after;
  const wasAsserted = before.type === 'TSNonNullExpression' && after.type !== 'TSNonNullExpression';
  if (wasAsserted) return { ...before, expression: withoutOptional(before['expression'], after) };
  const copy: Node = { ...after };
  for (const field of fieldsOf(after)) copy[field] = withoutOptional(before[field], after[field]);
  const isChain = after.type in PLAIN && (before.type === after.type || before.type === PLAIN[after.type]);
  // Taken away, a `?.` shows as a difference.
  const isKept = before['optional'] !== true || after['optional'] === true;
  return isChain && isKept ? { ...copy, type: before.type, optional: before['optional'] } : copy;
}
