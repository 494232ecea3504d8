import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../source/parsed-source.ts';

/**
 * How a value comes about: a root, and the steps from there. `(await new
 * OpenAI().chat.completions.create(p).withResponse()).data` starts at the module 'openai' and goes `.default`, `new`,
 * `.chat`, `.completions`, `.create`, call, `.withResponse`, call, `.data`. Variables, fields, functions of the same
 * file and patterns are followed; `await` adds no step.
 */
export interface AccessPath {
  readonly root: Root;
  readonly steps: readonly Step[];
  /** Calls whose callback returned this value: `retry(() => value)`. */
  readonly through: readonly TSESTree.CallExpression[];
  /** The value comes out of a generator of this file, which may have changed the chunks. */
  readonly relayed: boolean;
  /** So many of the first steps come from callers in this file, which pass the value to the function that has it. */
  readonly given: number;
}

export type Root =
  { readonly kind: 'module'; readonly module: string } | { readonly kind: 'node'; readonly node: TSESTree.Node };

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'call'; readonly node: TSESTree.CallExpression }
  /** `node` is null where only a type annotation shows that this is an instance. */
  | { readonly kind: 'new'; readonly node: TSESTree.NewExpression | null }
  /** From an annotation: a generic type around the type before it, `AsyncIterable<Chunk>`. */
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

/** The root, where the value is the root itself. Null where the root is a module, or where steps follow. */
export const findRootNode = ({ root, steps }: AccessPath): TSESTree.Node | null =>
  root.kind === 'node' && steps.length === 0 ? root.node : null;

/** One search. The tracers of each kind of node call each other through it. */
export interface Tracing {
  readonly source: ParsedSource;
  trace(expression: TSESTree.Node, depth: number): readonly AccessPath[];
  /** Counts one more node; false where the limit is reached. */
  spend(): boolean;
  /** Empty where `key` is being traced already. */
  once(key: unknown, trace: () => readonly AccessPath[]): readonly AccessPath[];
}
