import type { TSESTree } from '@typescript-eslint/utils';
import { type AccessPath, extend, findRootNode, startAt, type Tracing } from './access-steps.ts';
import { findVariable } from '../source/bindings.ts';
import { isClass } from '../source/tree.ts';

const MAX_DEPTH = 60;
/** So many type arguments are kept: a union of a dozen would leave no place for the type itself. */
const MAX_ARGUMENTS = 4;

/** A type that this file declares, and no value: its members and return types are looked up in it. */
type DescribedNode =
  TSESTree.TSTypeLiteral | TSESTree.TSInterfaceDeclaration | TSESTree.TSFunctionType | TSESTree.TSMethodSignature;

const isDescribed = (node: TSESTree.Node): node is DescribedNode =>
  node.type === 'TSTypeLiteral' ||
  node.type === 'TSInterfaceDeclaration' ||
  node.type === 'TSFunctionType' ||
  node.type === 'TSMethodSignature';

/** Paths that lead to more than a type of this file. */
export const withoutDescribed = (paths: readonly AccessPath[]): readonly AccessPath[] =>
  paths.filter(({ root }) => root.kind === 'module' || !isDescribed(root.node));

/** `client: OpenAI` is an instance of the class `OpenAI`; `AsyncIterable<Chunk>` is a generic type around `Chunk`. */
export function traceAnnotation(
  tracing: Tracing,
  annotation: TSESTree.TypeNode | null | undefined,
  depth: number,
): readonly AccessPath[] {
  if (!annotation || depth > MAX_DEPTH || !tracing.spend()) return [];
  switch (annotation.type) {
    case 'TSUnionType':
    case 'TSIntersectionType':
      return annotation.types.flatMap((type) => traceAnnotation(tracing, type, depth));
    case 'TSTypeLiteral':
    case 'TSFunctionType':
      return [startAt(annotation)];
    case 'TSTypeReference': {
      // `await` adds no step, so that a promise stands for its value.
      if (isPromise(tracing, annotation.typeName))
        return (annotation.typeArguments?.params ?? []).flatMap((type) => traceAnnotation(tracing, type, depth + 1));
      const instances = traceTypeName(tracing, annotation.typeName, depth).flatMap((path) =>
        instancesOf(tracing, path, depth),
      );
      return [...traceTypes(tracing, annotation.typeArguments, depth + 1), ...instances];
    }
    default:
      return [];
  }
}

/**
 * `Stream.fromReadableStream<Chunk>(…)`, `new ReadableStream<Chunk>(…)`: a generic type around `Chunk`. The type of the
 * chunks says more than the class of their stream: `AsyncIterableStream<TextStreamPart>`.
 */
export function traceTypes(
  tracing: Tracing,
  given: TSESTree.TSTypeParameterInstantiation | undefined,
  depth: number,
): readonly AccessPath[] {
  const named = (given?.params ?? [])
    .flatMap((type) => traceAnnotation(tracing, type, depth))
    .filter(({ root }) => root.kind === 'module');
  return named
    .slice(0, MAX_ARGUMENTS)
    .map((path) => (path.steps.at(-1)?.kind === 'generic' ? path : extend(path, { kind: 'generic' })));
}

/** The values whose type a path leads to: an instance of a class, the type behind an alias. */
function instancesOf(tracing: Tracing, path: AccessPath, depth: number): readonly AccessPath[] {
  const type = findRootNode(path);
  if (type?.type === 'TSTypeAliasDeclaration')
    return tracing.once(type, () => traceAnnotation(tracing, type.typeAnnotation, depth + 1));
  if (type?.type === 'TSInterfaceDeclaration') return [path];
  return path.root.kind === 'module' || isClass(path.root.node) ? [extend(path, { kind: 'new', node: null })] : [];
}

/** The language's own `Promise`, the value or the type. */
export const isPromise = ({ source }: Tracing, node: TSESTree.Node): boolean =>
  node.type === 'Identifier' && node.name === 'Promise' && !findVariable(source, node);

function traceTypeName(tracing: Tracing, name: TSESTree.EntityName, depth: number): readonly AccessPath[] {
  if (name.type === 'Identifier') return tracing.trace(name, depth);
  if (name.type !== 'TSQualifiedName') return [];
  return traceTypeName(tracing, name.left, depth).map((path) =>
    extend(path, { kind: 'member', name: name.right.name }),
  );
}
