import type { TSESTree } from '@typescript-eslint/utils';

/** Remembers the last answer: every rule asks about every file, one rule after the other. */
export function ofLastText<Value>(find: (text: string) => Value): (text: string) => Value {
  let last: { readonly text: string; readonly value: Value } | null = null;
  return (text) => {
    if (last === null || last.text !== text) last = { text, value: find(text) };
    return last.value;
  };
}

/** A rewritten file is compared with what it was, and ESLint may lint a file again after a fix. */
const SIZE = 4;

/**
 * What was worked out about the files that were looked at last, by their trees. Files come one after another; a `WeakMap` would hold no more,
 * and costs the garbage collector an eighth of the whole run.
 */
export class FileMemory<Value> {
  readonly #trees: TSESTree.Program[] = [];
  readonly #values: Value[] = [];
  #oldest = 0;

  get(tree: TSESTree.Program): Value | undefined {
    return this.#values[this.#trees.indexOf(tree)];
  }

  set(tree: TSESTree.Program, value: Value): void {
    const known = this.#trees.indexOf(tree);
    const at = known === -1 ? this.#oldest : known;
    this.#trees[at] = tree;
    this.#values[at] = value;
    if (known === -1) this.#oldest = (this.#oldest + 1) % SIZE;
  }
}
