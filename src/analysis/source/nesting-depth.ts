/**
 * Deeper than people write, and well below what ends the process: oxc-parser recurses natively, and 10,000 parentheses
 * overflow its stack.
 */
const MAX_BRACKETS = 1_000;
/**
 * Between two of `; , { }`: whatever nests without brackets (`a => b => c`, `!!a`, `1 + 1 + 1`, `if (a) if (b)`) stands
 * in one such run.
 */
const MAX_RUN = 10_000;
/** `if (a); else if (b); else …` nests across semicolons. */
const MAX_ELSES = 4_000;

/** A shorter text cannot nest deeply enough to do harm, and most are shorter. */
const MIN_LENGTH = 8_000;

const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  code === 95 ||
  code === 36 ||
  code > 127;

/**
 * Whether a text may nest more deeply than a recursive parser can follow. A bound from above: strings and comments
 * count like code.
 */
export function isTooDeep(text: string): boolean {
  if (text.length < MIN_LENGTH) return false;
  let brackets = 0;
  let run = 0;
  let elses = 0;
  let inWord = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isWord(code)) {
      if (inWord) continue;
      inWord = true;
      run++;
      if (code === 101 && text.startsWith('else', index)) elses++;
    } else {
      inWord = false;
      if (code <= 32) continue;
      run++;
      const character = text[index]!;
      if (character === '(' || character === '[' || character === '{') brackets++;
      else if (brackets > 0 && (character === ')' || character === ']' || character === '}')) brackets--;
      if (character === ';' || character === ',' || character === '{' || character === '}') run = 0;
    }
    if (brackets > MAX_BRACKETS || run > MAX_RUN || elses > MAX_ELSES) return true;
  }
  return false;
}
