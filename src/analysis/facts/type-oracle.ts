import type { TSESTree } from '@typescript-eslint/utils';

/** A name, and the package whose files declare it. */
export interface DeclaredName {
  readonly module: string;
  readonly name: string;
}

/** One type that a value may have. Types that the program itself or TypeScript's library declares have no name here. */
export interface ValueType {
  /** Its class or interface, and the alias that it goes by: `Stream`, `AsyncIterableStream`. */
  readonly names: readonly DeclaredName[];
  /** The type of the elements that `for await` reads from it: `ChatCompletionChunk`. */
  readonly elements: readonly DeclaredName[];
}

/** A source of types. It is used only for loops whose syntax is not enough; nothing depends on its presence. */
export interface TypeOracle {
  /** The types of an expression, one for each member of a union; null where none of them names a package. */
  findTypes(node: TSESTree.Node): readonly ValueType[] | null;
}
