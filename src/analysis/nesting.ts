/** Deeper than people write, and well below what ends the process: oxc-parser recurses natively, and 10,000 parentheses overflow its stack. */
const MAX_BRACKETS = 1_000;
/** Between two of `; , { }`: whatever nests without brackets (`a => b => c`, `!!a`, `1 + 1 + 1`, `if (a) if (b)`) stands in one such run. */
const MAX_RUN = 10_000;
/** `if (a); else if (b); else …` nests across semicolons. */
const MAX_ELSES = 4_000;

/** Whether a text may nest more deeply than a recursive parser can follow. A bound from above: strings and comments count like code. */
export function isTooDeep(text: string): boolean {
  let brackets = 0;
  let run = 0;
  let elses = 0;
  for (const { 0: token } of text.matchAll(/[\w$]+|[^\s\w$]/g)) {
    if (token === '(' || token === '[' || token === '{') brackets++;
    if ((token === ')' || token === ']' || token === '}') && brackets > 0) brackets--;
    if (token === 'else') elses++;
    run = token === ';' || token === ',' || token === '{' || token === '}' ? 0 : run + 1;
    if (brackets > MAX_BRACKETS || run > MAX_RUN || elses > MAX_ELSES) return true;
  }
  return false;
}
