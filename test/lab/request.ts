/** The request of a catalog's example, taken apart so that it can be put into programs of another shape. */
import type { TSESTree } from '@typescript-eslint/utils';
import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../src/analysis/source/parse-source.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { ancestorsOf, findPropertyName } from '../../src/analysis/source/tree.ts';
import type { OptionPath, StreamApi } from '../../src/providers/provider.ts';

export interface Request {
  readonly api: StreamApi;
  readonly example: string;
  readonly imports: string;
  /** Statements between the imports and the loop, without the request's own. */
  readonly setup: string;
  /** `client.chat.completions.create({ … })` */
  readonly call: string;
  readonly callee: string;
  readonly arguments: readonly string[];
  /** Indexes of the arguments that are objects in braces. */
  readonly objects: readonly number[];
  readonly awaited: boolean;
  /**
   * The member of the result that is iterated, as it is written: `textStream`, `toTextStream()`; '': the result itself.
   */
  readonly member: string;
  /** What stands in the loop's head behind the stream: ` ?? []`. */
  readonly guard: string;
  /** The loop's body, of which the chunk is `chunk`. */
  readonly body: string;
  /** The variable that the request starts at, where the example makes it; null: it is an import. */
  readonly client: { readonly name: string; readonly made: string; readonly setup: string } | null;
}

/** The example's only loop over a stream whose request is in sight; null where there is none. */
export function parseRequest(api: StreamApi, example: string): Request | null {
  const { text, ast, loop, call } = locate(example);
  if (!loop || !call || loop.node.type !== 'ForOfStatement') return null;
  const print = ({ range }: TSESTree.Node): string => text.slice(...range);
  const holder = ast.body.find((statement) => isWithin(call, statement))!;
  const isImport = ({ type }: TSESTree.Node): boolean => type === 'ImportDeclaration';
  const between = ast.body.filter(
    (statement) => !isImport(statement) && statement !== holder && !isWithin(loop.node, statement),
  );
  const root = findRoot(call.callee);
  const declared = between.find(
    (statement) =>
      statement.type === 'VariableDeclaration' &&
      statement.declarations[0].id.type === 'Identifier' &&
      statement.declarations[0].id.name === root,
  );
  const made = declared?.type === 'VariableDeclaration' ? declared.declarations[0].init : null;
  const { right } = loop.node;
  const [stream, guard] =
    right.type === 'LogicalExpression' ? [right.left, text.slice(right.left.range[1], right.range[1])] : [right, ''];
  return {
    api,
    example,
    imports: ast.body.filter(isImport).map(print).join('\n'),
    setup: between.map(print).join('\n'),
    call: print(call),
    callee: print(call.callee),
    arguments: call.arguments.map(print),
    objects: call.arguments.flatMap(({ type }, index) => (type === 'ObjectExpression' ? [index] : [])),
    awaited: call.parent.type === 'AwaitExpression',
    member: findMember(text, call, stream),
    guard,
    body: print(loop.node.body),
    client:
      root !== null && made && made.type !== 'AwaitExpression'
        ? {
            name: root,
            made: print(made),
            setup: between
              .filter((statement) => statement !== declared)
              .map(print)
              .join('\n'),
          }
        : null,
  };
}

/** The example with one more option at the request; a part of it that is there already stays. */
export function putOption(example: string, { argument, path }: OptionPath, value: string): string {
  const { text, call } = locate(example);
  const given = call!.arguments[argument];
  if (given?.type === 'ObjectExpression') return putInto(text, given, path, value);
  if (given) throw new Error(`The request has no object in the place of its options: ${text.slice(...given.range)}`);
  const { range, arguments: before } = call!;
  const leftOut = Array.from({ length: argument - before.length }, () => 'undefined');
  const added = [...leftOut, nest(path, value)].join(', ');
  const at = before.at(-1)?.range[1] ?? range[1] - 1;
  return `${text.slice(0, at)}${before.length > 0 ? ', ' : ''}${added}${text.slice(at)}`;
}

/** The example with one more option of its client; null where it makes none. */
export function putClientOption(example: string, path: readonly string[], value: string): string | null {
  const { text, loop } = locate(example);
  const client = loop?.origin.client;
  if (!client) return null;
  const [given] = client.arguments;
  if (given) return given.type === 'ObjectExpression' ? putInto(text, given, path, value) : null;
  return `${text.slice(0, client.range[1] - 1)}${nest(path, value)}${text.slice(client.range[1] - 1)}`;
}

function putInto(
  text: string,
  object: TSESTree.ObjectExpression,
  [name, ...rest]: readonly string[],
  value: string,
): string {
  const there = object.properties.find(
    (property) => property.type === 'Property' && findPropertyName(property) === name,
  );
  if (there?.type === 'Property' && there.value.type === 'ObjectExpression')
    return putInto(text, there.value, rest, value);
  const at = object.range[0] + 1;
  return `${text.slice(0, at)} ${name}: ${nest(rest, value)}${object.properties.length > 0 ? ',' : ' '}${text.slice(at)}`;
}

const nest = (path: readonly string[], value: string): string =>
  path.reduceRight((inner, name) => `{ ${name}: ${inner} }`, value);

interface Located {
  readonly text: string;
  readonly ast: TSESTree.Program;
  readonly loop: StreamLoop | undefined;
  readonly call: TSESTree.CallExpression | null;
}

function locate(example: string): Located {
  const source = parseSource('example.mjs', example);
  const loop = findStreamLoops(source).find(({ origin }) => origin.call !== null);
  return { text: example, ast: source.ast, loop, call: loop?.origin.call ?? null };
}

const isWithin = (node: TSESTree.Node, outer: TSESTree.Node): boolean => [node, ...ancestorsOf(node)].includes(outer);

/** `client` of `client.chat.completions.create`; null where it starts otherwise, or is called itself. */
function findRoot(callee: TSESTree.Node): string | null {
  if (callee.type !== 'MemberExpression') return null;
  let node: TSESTree.Node = callee;
  while (node.type === 'MemberExpression' || node.type === 'CallExpression')
    node = node.type === 'MemberExpression' ? node.object : node.callee;
  return node.type === 'Identifier' ? node.name : null;
}

/** `const { textStream: stream } = …`, `(…).toUIMessageStream()`, and in the loop's head `stream.toTextStream()`. */
function findMember(text: string, call: TSESTree.CallExpression, iterated: TSESTree.Expression): string {
  let node: TSESTree.Node = call.parent.type === 'AwaitExpression' ? call.parent : call;
  const start = node;
  while (node.parent?.type === 'MemberExpression' || node.parent?.type === 'CallExpression') node = node.parent;
  if (node !== start) return text.slice(text.lastIndexOf('.', node.range[1]) + 1, node.range[1]);
  if (node.parent?.type === 'VariableDeclarator' && node.parent.id.type === 'ObjectPattern') {
    const [property] = node.parent.id.properties;
    return property?.type === 'Property' ? text.slice(...property.key.range) : '';
  }
  return iterated.type === 'Identifier' ? '' : text.slice(text.indexOf('.', iterated.range[0]) + 1, iterated.range[1]);
}
