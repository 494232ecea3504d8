/**
 * What a codemod's edits may look like, as source texts with holes. The proof (`proof.ts`) accepts no other edit.
 *
 * White space, the kind of quotes and a `;` do not count, but a line break stands only where a form has one.
 *
 * - `$copy…` is a copy of code of the original, which stands there as one of `copies`, `anywhere` or `taken` has it.
 * - `$moved…` is code that vanishes here, and that an edit copies elsewhere.
 * - `$gone…` is any code that vanishes: it calls nothing but what `gone` lists, and writes to nothing that stays.
 * - `$any…`, in the texts of these and of `known`, is anything.
 * - A hole that `holes` lists is one of those texts.
 * - Any other hole is a name, which an edit declares, or `known` has; it means the same wherever the hole is.
 *
 * `$hole=text` is a hole in which the name must be `text`.
 */
export interface Forms {
  /** What an edit replaces, and by what. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  readonly holes?: Readonly<Record<string, readonly string[]>>;
  /** Where the original has what a hole copies: in the request that is deferred, if the rewrite defers one. */
  readonly copies?: Readonly<Record<string, readonly string[]>>;
  /** The same, anywhere in the file. */
  readonly anywhere?: Readonly<Record<string, readonly string[]>>;
  /** The same, in what edits take out. */
  readonly taken?: Readonly<Record<string, readonly string[]>>;
  /** By what the original may have a name already. */
  readonly known?: Readonly<Record<string, readonly string[]>>;
  /** How often a name stands in what is added, where fewer would not do. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Functions that vanishing code may call. @default [] */
  readonly gone?: readonly string[];
  /** Comments that may be added. @default [] */
  readonly comments?: readonly string[];
}

/** What a hole of a form has in it: a part of the text that the form was held against. */
export interface Filled {
  readonly hole: string;
  readonly start: number;
  readonly end: number;
  /** The texts of `holes` that the hole stands in. */
  readonly scope: string;
}

interface Matched {
  readonly at: number;
  readonly filled: readonly Filled[];
}

interface Subject {
  readonly forms: Forms;
  readonly text: string;
  /** What is in some holes from the start. */
  readonly given: ReadonlyMap<string, string>;
}

/** Every way in which all of a text is of a form. */
export function* matchForm(forms: Forms, form: string, text: string): Generator<readonly Filled[]> {
  for (const { at, filled } of matchParts({ forms, text, given: new Map() }, form, 0, [], ''))
    if (at === text.length) yield filled;
}

/** Where in a text something of a form begins and what is in its holes, where it is known of some. */
export function* searchForm(
  forms: Forms,
  form: string,
  text: string,
  given: Subject['given'],
): Generator<readonly Filled[]> {
  const [code = '', hole = ''] = partsOf(form);
  const first =
    code === '' ? new RegExp(escape(given.get(hole.split('=')[0]!) ?? ''), 'g') : new RegExp(readCode(code), 'g');
  for (const { index } of text.matchAll(first)) {
    if (/[\w$]{2}/.test(text.slice(Math.max(index - 1, 0), index + 1)) && index > 0) continue;
    for (const { at, filled } of matchParts({ forms, text, given }, form, index, [], ''))
      if (!/[\w$]{2}/.test(text.slice(at - 1, at + 1))) yield filled;
  }
}

/** What a hole in the same text, or in one around it, has in it. */
export const findBeside = (filled: readonly Filled[], hole: string, scope: string): Filled | undefined =>
  filled.findLast((other) => other.hole === hole && `${scope}/`.startsWith(`${other.scope}/`));

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const known = new Map<string, readonly string[]>();

/** Code and holes, by turns. */
function partsOf(form: string): readonly string[] {
  const parts = known.get(form) ?? form.split(/(\$\w+(?:=\w+)?)/);
  known.set(form, parts);
  return parts;
}

/** As a regular expression. */
const readCode = (code: string): string =>
  escape(code)
    .replace(/\s+/g, (blank: string, offset: number, whole: string) => {
      const [before, behind] = [whole[offset - 1] ?? 'a', whole[offset + blank.length] ?? 'a'];
      return blank.includes('\n') ? '\\s*' : `[^\\S\\r\\n]${/\w\w/.test(before + behind) ? '+' : '*'}`;
    })
    .replaceAll("'", '[\'"]')
    .replaceAll(';', ';?');

const codes = new Map<string, RegExp>();

function matchCode(code: string, { text }: Subject, at: number): number | null {
  const pattern = codes.get(code) ?? new RegExp(readCode(code), 'y');
  codes.set(code, pattern);
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function* matchParts(
  subject: Subject,
  form: string,
  at: number,
  filled: readonly Filled[],
  scope: string,
  index = 0,
): Generator<Matched> {
  const part = partsOf(form)[index];
  if (part === undefined) yield { at, filled };
  if (part === undefined) return;
  if (index % 2 === 0) {
    const end = matchCode(part, subject, at);
    if (end !== null) yield* matchParts(subject, form, end, filled, scope, index + 1);
    return;
  }
  for (const matched of matchHole(subject, part, at, filled, scope))
    yield* matchParts(subject, form, matched.at, matched.filled, scope, index + 1);
}

function* matchHole(
  subject: Subject,
  part: string,
  at: number,
  filled: readonly Filled[],
  scope: string,
): Generator<Matched> {
  const [hole, fixed] = part.split('=') as [string, string?];
  const fills = subject.forms.holes?.[hole];
  if (fills) for (const fill of fills) yield* matchParts(subject, fill, at, filled, `${scope}/${hole}${at}`);
  if (fills) return;
  const beside = findBeside(filled, hole, scope);
  const text = beside ? subject.text.slice(beside.start, beside.end) : (subject.given.get(hole) ?? fixed);
  if (fixed !== undefined && text !== fixed) return;
  for (const end of findEnds(subject.text, hole, at, text))
    yield { at: end, filled: [...filled, { hole, start: at, end, scope }] };
}

/** Where what is in a hole can end. */
function* findEnds(whole: string, hole: string, at: number, text: string | undefined): Generator<number> {
  const isCode = /^\$(?:copy|moved|gone|any)/.test(hole);
  if (text === undefined && isCode) {
    for (let end = at + (/^\$(?:copy|moved)/.test(hole) ? 1 : 0); end <= whole.length; end++) yield end;
    return;
  }
  const found = text ?? /^(?!\d)[\w$\u0080-\uffff]+/.exec(whole.slice(at, at + 200))?.[0] ?? '';
  const end = at + found.length;
  const isName = isCode || !/[\w$]/.test(whole[end] ?? '');
  if (whole.startsWith(found, at) && (found !== '' || isCode) && isName) yield end;
}
