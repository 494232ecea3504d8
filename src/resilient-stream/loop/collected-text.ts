/** Characters in a piece, which are few enough to be joined before the garbage collector has moved them. */
const CHARACTERS = 1_000;

/**
 * The text so far. Not one long `text += delta`: measured on Node 20 and 24, the string nodes that leaves behind hold
 * nine times the text's own memory. So deltas are joined to pieces, which costs half of what `join` does over the
 * deltas themselves.
 */
export class CollectedText {
  #pieces: string[] = [];
  #piece = '';
  /** Kept, or the look at it below would be optimised away. */
  first = 0;

  add(delta: string): void {
    this.#piece += delta;
    if (this.#piece.length < CHARACTERS) return;
    // To look at a character makes V8 lay the string out flat, and drop its nodes.
    this.first = this.#piece.charCodeAt(0);
    this.#pieces.push(this.#piece);
    this.#piece = '';
  }

  join(): string {
    const text = this.#pieces.join('') + this.#piece;
    this.#pieces = [text];
    this.#piece = '';
    return text;
  }
}
