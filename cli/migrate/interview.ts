import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { DECLINED, type Proposal, type RewrittenText } from '../../codemods/rewrite.ts';
import { parseSource, SourceSyntaxError } from '../../src/analysis/source/parse-source.ts';
import { printDiff } from '../terminal/diff.ts';
import { writeError } from '../terminal/messages.ts';
import { type Colors, colorsFor, type Terminal } from '../terminal/terminal.ts';

/** Rewrites one file, but makes only the rewrites that `accept` accepts. */
export type RewriteAccepted = (accept: (proposal: Proposal) => boolean) => RewrittenText;

export interface Decision {
  readonly rewritten: RewrittenText;
  /** A person has edited the text, so it is not proven. */
  readonly byHand: boolean;
}

const HELP = `y  make this rewrite
n  leave it
a  make this one and all that follow
q  leave this and all that follow; what was accepted is written
e  edit the file as this rewrite would leave it; the rest of the file is not asked about
?  show this
`;

const AFTER_EDIT = 'You edited the file before this was asked; run again to be asked.';

/** Asks a person about each rewrite. */
export class Interview {
  readonly #terminal: Terminal;
  readonly #colors: Colors;
  #acceptsAll = false;
  #isOver = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#colors = colorsFor(terminal.stderr, terminal.env);
  }

  /** The person has answered `q`: the run ends after this file. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Asks about each rewrite whose proof holds. The accepted rewrites are then proven again, together. */
  async decide(path: string, name: string, rewrite: RewriteAccepted): Promise<Decision> {
    const proposals: Proposal[] = [];
    const whole = rewrite((proposal) => proposals.push(proposal) > 0);
    const accepted = new Set<string>();
    const isAccepted = ({ key }: Proposal): boolean => accepted.has(key);
    for (const [index, proposal] of proposals.entries()) {
      if (this.#isOver) break;
      const answer = this.#acceptsAll ? 'y' : await this.#ask(name, proposal);
      if (answer === 'y' || answer === 'a' || answer === 'e') accepted.add(proposal.key);
      if (answer === 'a') this.#acceptsAll = true;
      if (answer === 'q') this.#isOver = true;
      if (answer !== 'e') continue;
      const [proposed, asItWas] = [rewrite(isAccepted), rewrite(() => false)];
      const text = await this.#edit(path, proposed.text);
      if (text === asItWas.text) return { rewritten: asItWas, byHand: false };
      const later = proposals
        .slice(index + 1)
        .map(({ line, codemod, provider }) => ({ line, codemod, provider, reason: AFTER_EDIT }));
      const declined = proposals
        .slice(0, index)
        .filter((proposal) => !isAccepted(proposal))
        .map(({ line, codemod, provider }) => ({ line, codemod, provider, reason: DECLINED }));
      if (text !== null)
        return {
          rewritten: {
            ...proposed,
            text,
            skipped: [...whole.skipped, ...declined, ...later].sort((a, b) => a.line - b.line),
          },
          byHand: true,
        };
      accepted.delete(proposal.key);
    }
    return { rewritten: accepted.size === proposals.length ? whole : rewrite(isAccepted), byHand: false };
  }

  async #ask(name: string, { codemod, line, before, after }: Proposal): Promise<string> {
    const { stderr, ask } = this.#terminal;
    stderr.write(printDiff(name, before, after, this.#colors));
    for (;;) {
      const answer = await ask(this.#colors.bold(`${name}:${line}  ${codemod}  Rewrite this? [y,n,a,q,e,?] `));
      if (answer === null) return 'q';
      const letter = answer.trim().toLowerCase();
      if (['y', 'n', 'a', 'q'].includes(letter) || (letter === 'e' && this.#requireEditor())) return letter;
      if (letter !== 'e') stderr.write(HELP);
    }
  }

  #requireEditor(): boolean {
    const found = this.#editor !== undefined;
    if (!found) this.#terminal.stderr.write('No editor is named; set VISUAL or EDITOR.\n');
    return found;
  }

  get #editor(): string | undefined {
    return this.#terminal.env['VISUAL'] || this.#terminal.env['EDITOR'] || undefined;
  }

  /** The text after a person has edited it; null where the person gave up. A text that does not parse is refused. */
  async #edit(path: string, text: string): Promise<string | null> {
    const { ask, runEditor } = this.#terminal;
    const folder = mkdtempSync(join(tmpdir(), 'resilient-stream-edit-'));
    const file = join(folder, `proposed${extname(path)}`);
    try {
      writeFileSync(file, text);
      for (;;) {
        const fault = runEditor(this.#editor!, file)
          ? describeTextFault(path, readFileSync(file, 'utf8'))
          : `the editor (\`${this.#editor!}\`) failed`;
        if (fault === null) return readFileSync(file, 'utf8');
        writeError(`${fault}.`, this.#terminal);
        const answer = await ask('Edit it again? [y,n] ');
        if (answer?.trim().toLowerCase() !== 'y') return null;
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Why an edited text is refused, or null. */
function describeTextFault(path: string, text: string): string | null {
  if (text.trim() === '') return 'the text is empty';
  try {
    parseSource(path, text);
    return null;
  } catch (error) {
    if (!(error instanceof SourceSyntaxError)) throw error;
    return `the text does not parse: ${error.message} (${error.line}:${error.column})`;
  }
}
