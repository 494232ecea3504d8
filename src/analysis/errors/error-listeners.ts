import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findOption } from '../values/call-options.ts';
import { findResults } from '../answer/completion.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import type { StreamLoop } from '../facts/stream-loop.ts';
import { findPropertyName, findUser } from '../source/tree.ts';

/**
 * Code that may learn of errors which the loop's stream hides: the error callback in the request, reads of other
 * members of the result, and functions out of sight that get the result. Empty where there is none. Null where the
 * request is out of sight, or the API has no error callback.
 */
export function findErrorListeners(
  source: ParsedSource,
  { node, origin: { api, call } }: StreamLoop,
): TSESTree.Node[] | null {
  if (!call || !api.errorOption || node.type !== 'ForOfStatement') return null;
  const option = findOption(source, call, api.errorOption);
  const own = option.kind === 'value' ? [option.value] : option.kind === 'unknown' ? [option.node] : [];
  return [
    ...own,
    ...findResults(source, node.right, api).flatMap((variable) => findOtherUses(variable, api.iterables)),
  ];
}

/** The uses of the result, or of the stream, other than reading the chunks. */
function findOtherUses(variable: Variable, iterables: readonly string[]): TSESTree.Node[] {
  const picked = variable.defs.flatMap(({ node }) =>
    node.type === 'VariableDeclarator' && node.id.type === 'ObjectPattern'
      ? node.id.properties.filter(
          (property) => property.type === 'RestElement' || !iterables.includes(findPropertyName(property) ?? ''),
        )
      : [],
  );
  const used = variable.references
    .filter((reference) => reference.isRead())
    .flatMap(({ identifier }) => (isReading(identifier, iterables) ? [] : [identifier]));
  return [...picked, ...used];
}

/** `for await (… of stream)`, `result.textStream`, `const { textStream } = result`. */
function isReading(identifier: TSESTree.Node, iterables: readonly string[]): boolean {
  const user = findUser(identifier);
  switch (user?.type) {
    case 'ForOfStatement':
    case 'VariableDeclarator':
    case 'AwaitExpression':
      return true;
    case 'MemberExpression':
      return iterables.includes(findPropertyName(user) ?? '');
    default:
      return false;
  }
}
