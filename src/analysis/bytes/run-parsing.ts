import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { indexOf } from '../source/file-index.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findFunction, isInside, unwrap } from '../source/tree.ts';
import { isLogCall } from '../source/words.ts';
import { NoJson, Reached, Stop, TrialValues } from './parsing-values.ts';

/** What a loop did with the pieces of a body that it was given. */
export interface TrialRun {
  /** Each JSON text that it parsed, and where. */
  readonly parses: readonly { readonly call: TSESTree.CallExpression; readonly text: string }[];
  /** The `return` by which it left its function; null where it came to its end. */
  readonly left: TSESTree.ReturnStatement | null;
  /** Variables from outside of the loop that it worked with, but for those it only read a constant of. */
  readonly tools: ReadonlySet<Variable>;
  /**
   * What it did that is no parsing; null where it did nothing else. A text that is no JSON and that nothing catches is
   * 'syntax'.
   */
  readonly stopped: TSESTree.Node | 'syntax' | null;
}

type Completion =
  | { readonly type: 'normal' | 'parsed' }
  | { readonly type: 'break' | 'continue'; readonly label: string | null }
  | { readonly type: 'return'; readonly node: TSESTree.Node };

const normal: Completion = { type: 'normal' };

/**
 * Runs a loop that reads a body on pieces of one, and what stands behind it in its block as far as that is about the
 * rest of the body. What is done with parsed JSON is left out: it is what the program is about, and the rest is how it
 * gets there.
 */
export function runOnPieces(
  source: ParsedSource,
  loop: TSESTree.Statement,
  behind: readonly TSESTree.Statement[],
  pieces: readonly string[],
): TrialRun {
  return new Trial(source, loop, pieces).run(behind);
}

class Trial {
  readonly #source: ParsedSource;
  readonly #loop: TSESTree.Statement;
  readonly #values: TrialValues;

  constructor(source: ParsedSource, loop: TSESTree.Statement, pieces: readonly string[]) {
    this.#source = source;
    this.#loop = loop;
    this.#values = new TrialValues(source, loop, pieces);
  }

  run(behind: readonly TSESTree.Statement[]): TrialRun {
    let left: TSESTree.ReturnStatement | null = null;
    let stopped: TrialRun['stopped'] = null;
    try {
      const completion = this.#runList([this.#loop, ...behind]);
      if (completion.type === 'return') left = completion.node.type === 'ReturnStatement' ? completion.node : null;
    } catch (error) {
      stopped = error instanceof Stop ? error.at : error instanceof NoJson ? 'syntax' : null;
      if (stopped === null) throw error;
    }
    return { parses: this.#values.parses, left, tools: this.#values.tools, stopped };
  }

  #runList(statements: readonly TSESTree.Node[]): Completion {
    for (const statement of statements) {
      try {
        const completion = this.#runStatement(statement);
        if (completion.type !== 'normal') return completion;
      } catch (error) {
        if (error instanceof Reached) return { type: 'parsed' };
        const parse =
          error instanceof Stop && /^(?:Expression|Return)Statement$|^VariableDeclaration$/.test(statement.type)
            ? this.#findParse(statement)
            : null;
        if (!parse) throw error;
        // What is done with the JSON in the same statement is the program's own: `yield JSON.parse(line)`.
        if (this.#reaches(parse)) return { type: 'parsed' };
      }
    }
    return normal;
  }

  #findParse(statement: TSESTree.Node): TSESTree.CallExpression | null {
    return (
      indexOf(this.#source).jsonParses.find(
        (call) => isInside(call, statement) && findFunction(call) === findFunction(statement),
      ) ?? null
    );
  }

  #reaches(parse: TSESTree.CallExpression): boolean {
    try {
      return this.#values.parse(parse);
    } catch (error) {
      if (error instanceof Reached) return true;
      throw error;
    }
  }

  /** 'parsed' leaves the statements behind the parse, which are the program's own, and no more. */
  #runStatement(statement: TSESTree.Node): Completion {
    this.#values.step(statement);
    switch (statement.type) {
      case 'EmptyStatement':
        return normal;
      case 'BlockStatement':
        return settle(this.#runList(statement.body));
      case 'VariableDeclaration':
        return this.#runDeclaration(statement);
      case 'ExpressionStatement':
        this.#values.evaluate(statement.expression);
        return normal;
      case 'IfStatement':
        return this.#runBranch(this.#values.evaluate(statement.test) ? statement.consequent : statement.alternate);
      case 'TryStatement':
        return this.#runTry(statement);
      case 'BreakStatement':
      case 'ContinueStatement':
        return {
          type: statement.type === 'BreakStatement' ? 'break' : 'continue',
          label: statement.label?.name ?? null,
        };
      case 'ReturnStatement':
        return { type: 'return', node: statement };
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        return this.#runRounds(statement);
      case 'ForOfStatement':
        return this.#runEach(statement);
      case 'LabeledStatement':
        return this.#runStatement(statement.body);
      default:
        throw new Stop(statement);
    }
  }

  #runDeclaration({ declarations }: TSESTree.VariableDeclaration): Completion {
    for (const { id, init } of declarations) this.#values.bind(id, init ? this.#values.evaluate(init) : undefined);
    return normal;
  }

  #runBranch(branch: TSESTree.Statement | null): Completion {
    if (!branch) return normal;
    return settle(this.#runList(branch.type === 'BlockStatement' ? branch.body : [branch]));
  }

  #runTry(statement: TSESTree.TryStatement): Completion {
    let completion: Completion;
    try {
      completion = this.#runList(statement.block.body);
    } catch (error) {
      if (!(error instanceof NoJson) || !statement.handler) throw error;
      completion = settle(this.#runList(statement.handler.body.body.filter((inner) => !isLogLine(inner))));
    }
    if (statement.finalizer) return settle(this.#runList(statement.finalizer.body), completion);
    // A `try` around the parse alone: what is done with the JSON stands behind it.
    return completion.type === 'parsed' && !this.#endsByParse(statement.block.body) ? normal : completion;
  }

  #endsByParse(statements: readonly TSESTree.Statement[]): boolean {
    const last = statements.at(-1);
    return last !== undefined && this.#findParse(last) !== null;
  }

  #runRounds(loop: TSESTree.WhileStatement | TSESTree.DoWhileStatement | TSESTree.ForStatement): Completion {
    const init = loop.type === 'ForStatement' ? loop.init : null;
    if (init?.type === 'VariableDeclaration') this.#runStatement(init);
    else if (init) this.#values.evaluate(init);
    for (let isFirst = true; ; isFirst = false) {
      this.#values.step(loop);
      const isAsked = !(loop.type === 'DoWhileStatement' && isFirst);
      if (isAsked && loop.test && !this.#values.evaluate(loop.test)) return normal;
      const way = this.#runRound(loop);
      if (way) return way;
      if (loop.type === 'ForStatement' && loop.update) this.#values.evaluate(loop.update);
    }
  }

  #runEach(loop: TSESTree.ForOfStatement): Completion {
    const [declarator] = loop.left.type === 'VariableDeclaration' ? loop.left.declarations : [];
    if (!declarator) throw new Stop(loop);
    if (loop.await && loop !== this.#loop) throw new Stop(loop);
    const list = loop.await ? this.#values.pieces : this.#values.evaluate(loop.right);
    if (!Array.isArray(list)) throw new Stop(loop);
    for (const item of list) {
      this.#values.bind(declarator.id, item);
      const way = this.#runRound(loop);
      if (way) return way;
    }
    return normal;
  }

  /** Null: the loop goes on. */
  #runRound(
    loop: TSESTree.WhileStatement | TSESTree.DoWhileStatement | TSESTree.ForStatement | TSESTree.ForOfStatement,
  ): Completion | null {
    const completion = settle(this.#runList(loop.body.type === 'BlockStatement' ? loop.body.body : [loop.body]));
    const own = loop.parent.type === 'LabeledStatement' ? loop.parent.label.name : null;
    switch (completion.type) {
      case 'break':
        return completion.label === null || completion.label === own ? normal : completion;
      case 'continue':
        return completion.label === null || completion.label === own ? null : completion;
      case 'return':
        return completion;
      default:
        return null;
    }
  }
}

/** A block that is left behind a parse ends there, and what stands behind it goes on. */
const settle = (completion: Completion, otherwise: Completion = normal): Completion =>
  completion.type === 'parsed' || completion.type === 'normal' ? otherwise : completion;

/** `console.warn(…);` */
const isLogLine = (statement: TSESTree.Node): boolean =>
  statement.type === 'ExpressionStatement' && isLogCall(unwrap(statement.expression));
