import type { TSESTree } from '@typescript-eslint/utils';

/** A name, and the package whose files declare it. */
export interface DeclaredName {
  readonly module: string;
  readonly name: string;
}

/** One type that a value may have. What the program itself or TypeScript's library declares has no name here. */
export interface ValueType {
  /** Its class or interface, and the alias that it goes by: `Stream`, `AsyncIterableStream`. */
  readonly names: readonly DeclaredName[];
  /** What `for await` takes from it: `ChatCompletionChunk`. */
  readonly elements: readonly DeclaredName[];
}

/**
 * Somebody who knows types. Asked only about loops of which the syntax says too little; nothing depends on there being
 * one.
 */
export interface TypeOracle {
  /** The types of an expression, one for each member of a union; null where none of them names a package. */
  findTypes(node: TSESTree.Node): readonly ValueType[] | null;
}
