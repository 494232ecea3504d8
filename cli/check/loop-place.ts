import type { TSESTree } from '@typescript-eslint/utils';
import type { Problem } from '../../rules/problems.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { ancestorsOf, findPropertyName, isClass, isFunction, unwrap } from '../../src/analysis/source/tree.ts';

/**
 * Where a loop stands, in words that outlive moved lines, formatting, and edits of the loop's body, of the request's
 * arguments and of the code around it.
 */
export interface Place {
  /**
   * Names of what is around the loop, the outermost first: `Chat.ask`, `app.post('/chat')`; empty at the top of the
   * module.
   */
  readonly function: string;
  /** 'openai chat.completions.create'; empty for what is no loop. */
  readonly api: string;
  /** How chunks are taken, and of what: `for await (chunk of stream)`; for what is no loop, the code in short. */
  readonly loop: string;
}

/** Where a problem stands: at its loop, where it has one. */
export function findProblemPlace({ loop, node }: Problem): Place {
  if (loop) return findPlace(loop);
  if (node.type === 'Line' || node.type === 'Block') return { function: '', api: '', loop: node.value.trim() };
  return { function: nameSurroundings(node), api: '', loop: printPath(node) };
}

export const findPlace = ({ node, form, chunk, origin }: StreamLoop): Place => ({
  function: nameSurroundings(node),
  api: `${origin.provider.id} ${origin.api.name}`,
  loop:
    node.type === 'ForOfStatement'
      ? `for await (${chunk?.name ?? '…'} of ${printPath(node.right)})`
      : node.type === 'CallExpression'
        ? printPath(node)
        : form,
});

const nameSurroundings = (node: TSESTree.Node): string =>
  [...ancestorsOf(node)]
    .map(findName)
    .filter((name) => name !== '')
    .reverse()
    .join('.');

/**
 * What a function or class is called, by itself or by what it is given to; empty where it has no name, or is neither.
 */
function findName(node: TSESTree.Node): string {
  if (!isFunction(node) && !isClass(node)) return '';
  if (node.id) return node.id.name;
  let value: TSESTree.Node = node;
  for (const user of ancestorsOf(node)) {
    switch (user.type) {
      case 'VariableDeclarator':
        return user.id.type === 'Identifier' ? user.id.name : '';
      case 'AssignmentExpression':
        return printPath(user.left);
      case 'Property':
      case 'PropertyDefinition':
      case 'MethodDefinition':
        return findPropertyName(user) ?? '';
      case 'CallExpression': {
        // `app.post('/chat', handler)` is named; `export const POST = guard(handler)` is what it is given to.
        const [first] = user.arguments;
        if (first?.type === 'Literal' && typeof first.value === 'string' && first !== value)
          return `${printPath(user.callee)}('${first.value}')`;
        break;
      }
      default:
        // Through casts and waiting only.
        if (unwrap(user) === user && user.type !== 'AwaitExpression') return '';
    }
    value = user;
  }
  return '';
}

/** An expression without its arguments and casts: `client.messages.create()`. What has no name is `…`. */
function printPath(expression: TSESTree.Node): string {
  const node = unwrap(expression);
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'ThisExpression':
      return 'this';
    case 'AwaitExpression':
      return printPath(node.argument);
    case 'CallExpression':
      return `${printPath(node.callee)}()`;
    case 'MemberExpression':
      return `${printPath(node.object)}.${findPropertyName(node) ?? '…'}`;
    default:
      return '…';
  }
}
