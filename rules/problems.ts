import type { TSESTree } from '@typescript-eslint/utils';
import type { TextEdit } from '../codemods/contract/edits.ts';
import { findStreamLoops } from '../src/analysis/find-stream-loops.ts';
import { type Hints, noHints } from '../src/analysis/facts/file-hints.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import type { StreamLoop } from '../src/analysis/facts/stream-loop.ts';
import { defaultsOf, type FileFacts, type Finding, type Rule } from './rule.ts';

export interface Problem<MessageId extends string = string> {
  readonly rule: string;
  readonly messageId: MessageId;
  /** What the message is filled with; `api` and `provider` wherever it is about a loop. */
  readonly data: Readonly<Record<string, string>>;
  readonly message: string;
  readonly node: TSESTree.Node | TSESTree.Comment;
  /** Lines count from 1, columns from 0, as in the tree. */
  readonly loc: TSESTree.SourceLocation;
  /** null where it is about the file. */
  readonly loop: StreamLoop | null;
  readonly fix: readonly TextEdit[] | null;
  readonly suggestions: readonly ProblemSuggestion[];
}

export interface ProblemSuggestion {
  readonly messageId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly message: string;
  readonly edits: readonly TextEdit[];
}

/** What is known of a file beside its text. */
export interface FileContext {
  readonly hints?: Hints;
  readonly path?: string | undefined;
}

/** What a rule has to say about a file, in the order of the text. */
export function findProblems<MessageId extends string, Options extends object>(
  source: ParsedSource,
  rule: Rule<MessageId, Options>,
  options?: Partial<Options>,
  { hints = noHints, path }: FileContext = {},
): Problem<MessageId>[] {
  const settled = { ...defaultsOf(rule), ...options };
  const file: FileFacts = { source, path, hints, loops: findStreamLoops(source, hints) };
  const print = (loop: StreamLoop | null) => (finding: Finding<MessageId>) => toProblem(source, rule, loop, finding);
  if ('checkFile' in rule) return rule.checkFile(file, settled).map(print(null));
  const problems = file.loops.flatMap((loop) => [rule.check(loop, settled, file) ?? []].flat().map(print(loop)));
  // Two loops may read the stream of one call, in the branches of an `if`; what is wrong with the call is said once.
  return problems.filter(
    ({ node, messageId }, index) =>
      problems.findIndex((other) => other.node === node && other.messageId === messageId) === index,
  );
}

function toProblem<MessageId extends string>(
  source: ParsedSource,
  rule: Rule<MessageId>,
  loop: StreamLoop | null,
  finding: Finding<MessageId>,
): Problem<MessageId> {
  const { messageId, at, data, fix = null, suggestions = [] } = finding;
  const filling = { ...(loop && { api: loop.origin.api.name, provider: loop.origin.provider.title }), ...data };
  const print = (id: MessageId, own = {}): string => printMessage(rule.messages[id], { ...filling, ...own });
  return {
    rule: rule.name,
    messageId,
    data: filling,
    message: print(messageId),
    node: at,
    loc: placeOf(source, at),
    loop,
    fix,
    suggestions: suggestions.map(({ messageId: id, data: own = {}, edits }) => ({
      messageId: id,
      data: { ...filling, ...own },
      message: print(id, own),
      edits,
    })),
  };
}

/** Fills `{{name}}` as ESLint does. */
const printMessage = (template: string, data: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, name: string) => data[name] ?? placeholder);

/** A loop's body and a call's arguments are long and not what is wrong. */
function placeOf({ text }: ParsedSource, node: TSESTree.Node | TSESTree.Comment): TSESTree.SourceLocation {
  if (node.type === 'CallExpression') return { start: node.loc.start, end: node.callee.loc.end };
  switch (node.type) {
    case 'ForOfStatement':
    case 'ForStatement':
    case 'WhileStatement':
      return { start: node.loc.start, end: endOfHead(text, node, node.body) };
    case 'DoWhileStatement':
    case 'CatchClause':
      return { start: node.loc.start, end: node.body.loc.start };
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return { start: node.loc.start, end: node.body.loc.start };
    default:
      return node.loc;
  }
}

function endOfHead(text: string, { range, loc }: TSESTree.Node, body: TSESTree.Node): TSESTree.Position {
  const head = text.slice(range[0], text.lastIndexOf(')', body.range[0]) + 1);
  const lines = head.split(/\r\n|[\r\n\u2028\u2029]/);
  const { length } = lines[lines.length - 1]!;
  return { line: loc.start.line + lines.length - 1, column: lines.length === 1 ? loc.start.column + length : length };
}
