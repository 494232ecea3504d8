import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../source/parsed-source.ts';

/**
 * How a value comes about: where it starts, and what is done to it from there. `(await new
 * OpenAI().chat.completions.create(p).withResponse()).data` starts at the module 'openai' and goes `.default`, `new`,
 * `.chat`, `.completions`, `.create`, call, `.withResponse`, call, `.data`. Variables, fields, same-file functions and
 * patterns are seen through; `await` leaves no step.
 */
export interface AccessPath {
  readonly root: Root;
  readonly steps: readonly Step[];
  /** Calls whose callback returned this value: `retry(() => value)`. */
  readonly through: readonly TSESTree.CallExpression[];
  /** The value comes out of a generator of this file, which may have made other chunks of it. */
  readonly relayed: boolean;
  /**
   * So many of the steps, from the first on, callers in this file have made of what they hand to the function that has
   * it here.
   */
  readonly given: number;
}

export type Root =
  { readonly kind: 'module'; readonly module: string } | { readonly kind: 'node'; readonly node: TSESTree.Node };

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'call'; readonly node: TSESTree.CallExpression }
  /** `node` is null where only a type annotation says that this is an instance. */
  | { readonly kind: 'new'; readonly node: TSESTree.NewExpression | null }
  /** By annotation: something generic over the type before it, `AsyncIterable<Chunk>`. */
  | { readonly kind: 'generic' };

export const startAt = (node: TSESTree.Node): AccessPath => ({
  root: { kind: 'node', node },
  steps: [],
  through: [],
  relayed: false,
  given: 0,
});
export const startAtModule = (module: string): AccessPath => ({
  root: { kind: 'module', module },
  steps: [],
  through: [],
  relayed: false,
  given: 0,
});
export const extend = (path: AccessPath, step: Step): AccessPath => ({ ...path, steps: [...path.steps, step] });

/** The node that the value is; null where it is of a module, or something is done to it. */
export const findRootNode = ({ root, steps }: AccessPath): TSESTree.Node | null =>
  root.kind === 'node' && steps.length === 0 ? root.node : null;

/** One search: what each kind of node asks of the others. */
export interface Tracing {
  readonly source: ParsedSource;
  trace(expression: TSESTree.Node, depth: number): readonly AccessPath[];
  /** A node more is looked at; false where there have been enough. */
  spend(): boolean;
  /** Nothing where `key` is being traced already. */
  once(key: unknown, trace: () => readonly AccessPath[]): readonly AccessPath[];
}
