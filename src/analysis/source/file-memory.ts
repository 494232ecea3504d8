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

const memories: FileMemory<unknown>[] = [];

/**
 * To be told when no file is looked at again: what lives on from file to file costs the garbage collector more than all
 * the rest.
 */
export const forgetFiles = (): void => memories.forEach((memory) => memory.forget());

/**
 * What was worked out about the files that were looked at last, by their trees. Files come one after another; a
 * `WeakMap` would hold no more, and costs the garbage collector an eighth of the whole run.
 */
export class FileMemory<Value> {
  readonly #trees: TSESTree.Program[] = [];
  readonly #values: Value[] = [];
  #oldest = 0;

  constructor() {
    memories.push(this);
  }

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

  forget(): void {
    this.#trees.length = 0;
    this.#values.length = 0;
    this.#oldest = 0;
  }
}
