import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';

/** The type that replaces an SDK's stream class; the helper's stream fits it too. */
export const WIDE = 'AsyncIterable';

/**
 * The names in a type that have to become `AsyncIterable` for the helper's stream to fit: the SDK's stream classes that
 * have the type of their chunks as argument. [] where the stream fits already, null where it cannot fit.
 */
export function findWidening(
  source: ParsedSource,
  type: TSESTree.TypeNode,
  modules: readonly string[],
): readonly TSESTree.EntityName[] | null {
  switch (type.type) {
    case 'TSAnyKeyword':
    case 'TSUnknownKeyword':
    case 'TSNullKeyword':
    case 'TSUndefinedKeyword':
      return [];
    case 'TSUnionType': {
      const parts = type.types.map((part) => findWidening(source, part, modules));
      return parts.every((part) => part !== null) ? parts.flat() : null;
    }
    case 'TSTypeReference': {
      const name = type.typeName.type === 'Identifier' ? type.typeName.name : '';
      const [argument, ...more] = type.typeArguments?.params ?? [];
      if (name === WIDE) return [];
      if (argument === undefined || more.length > 0) return null;
      if (name === 'Promise' || name === 'PromiseLike') return findWidening(source, argument, modules);
      return isImported(source, type.typeName, modules) ? [type.typeName] : null;
    }
    default:
      return null;
  }
}

/** `Stream` of `import type { Stream } from 'openai/streaming'`, `OpenAI.Stream`. */
function isImported(source: ParsedSource, name: TSESTree.EntityName, modules: readonly string[]): boolean {
  let root: TSESTree.Node = name;
  while (root.type === 'TSQualifiedName') root = root.left;
  const [def] = findVariable(source, root)?.defs ?? [];
  if (def?.type !== 'ImportBinding' || def.parent.type !== 'ImportDeclaration') return false;
  const from = def.parent.source.value;
  return modules.some((module) => from === module || from.startsWith(`${module}/`));
}
