import type { TSESTree } from '@typescript-eslint/utils';
import { findStreamLoops } from '../src/analysis/find-stream-loops.ts';
import { type Hints, noHints } from '../src/analysis/hints.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import type { StreamLoop } from '../src/analysis/stream-loop.ts';
import { defaultsOf, type Finding, type Rule } from './rule.ts';

export interface Problem<MessageId extends string = string> {
  readonly rule: string;
  readonly messageId: MessageId;
  /** What the message is filled with; `api` and `provider` always. */
  readonly data: Readonly<Record<string, string>>;
  readonly message: string;
  readonly node: TSESTree.Node;
  /** Lines count from 1, columns from 0, as in the tree. */
  readonly loc: TSESTree.SourceLocation;
  readonly loop: StreamLoop;
}

/** What a rule has to say about a file, in the order of the loops. */
export function findProblems<MessageId extends string, Options extends object>(
  source: ParsedSource,
  rule: Rule<MessageId, Options>,
  options?: Partial<Options>,
  hints: Hints = noHints,
): Problem<MessageId>[] {
  const settled = { ...defaultsOf(rule), ...options };
  const problems = findStreamLoops(source, hints).flatMap((loop) => {
    const findings = [rule.check(loop, settled) ?? []].flat() as Finding<MessageId>[];
    return findings.map((finding) => toProblem(source, rule, loop, finding));
  });
  // Two loops may read the stream of one call, in the branches of an `if`; what is wrong with the call is said once.
  return problems.filter(({ node, messageId }, index) => problems.findIndex((other) => other.node === node && other.messageId === messageId) === index);
}

function toProblem<MessageId extends string>(source: ParsedSource, rule: Rule<MessageId>, loop: StreamLoop, { messageId, at, data }: Finding<MessageId>): Problem<MessageId> {
  const { api, provider } = loop.origin;
  const filling = { api: api.name, provider: provider.title, ...data };
  return {
    rule: rule.name,
    messageId,
    data: filling,
    message: printMessage(rule.messages[messageId], filling),
    node: at,
    loc: findPlace(source, at),
    loop,
  };
}

/** Fills `{{name}}` as ESLint does. */
const printMessage = (template: string, data: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, name: string) => data[name] ?? placeholder);

/** A loop's body and a call's arguments are long and not what is wrong. */
function findPlace({ text }: ParsedSource, node: TSESTree.Node): TSESTree.SourceLocation {
  if (node.type === 'CallExpression') return { start: node.loc.start, end: node.callee.loc.end };
  switch (node.type) {
    case 'ForOfStatement':
    case 'ForStatement':
    case 'WhileStatement':
      return { start: node.loc.start, end: endOfHead(text, node, node.body) };
    case 'DoWhileStatement':
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
