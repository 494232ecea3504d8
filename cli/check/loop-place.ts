import type { TSESTree } from '@typescript-eslint/utils';
import type { Problem } from '../../rules/problems.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { ancestorsOf, findPropertyName, isClass, isFunction, unwrap } from '../../src/analysis/source/tree.ts';

/**
 * Where a loop is, described without line numbers. The description stays the same when lines move, when the code is
 * formatted, and when the body of the loop, the arguments of the request or the code around the loop change.
 */
export interface Place {
  /**
   * The names of the functions and classes around the loop, the outermost first: `Chat.ask`, `app.post('/chat')`.
   * Empty at the top level of the module.
   */
  readonly function: string;
  /** 'openai chat.completions.create'; empty if the problem is about no loop. */
  readonly api: string;
  /** The head of the loop: `for await (chunk of stream)`; if the problem is about no loop, its code in short. */
  readonly loop: string;
}

/** The place of the problem's loop; for a problem about no loop, of its own code. */
export function describeProblemPlace({ loop, node }: Problem): Place {
  if (loop) return describeLoopPlace(loop);
  if (node.type === 'Line' || node.type === 'Block') return { function: '', api: '', loop: node.value.trim() };
  return { function: nameSurroundings(node), api: '', loop: printPath(node) };
}

export const describeLoopPlace = ({ node, form, chunk, origin }: StreamLoop): Place => ({
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
    .map(nameOf)
    .filter((name) => name !== '')
    .reverse()
    .join('.');

/**
 * The name of a function or class: its own, that of the variable or member that holds it, or the call that takes it.
 * Empty for other nodes, and where there is no name.
 */
function nameOf(node: TSESTree.Node): string {
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
        // `app.post('/chat', handler)` names the handler. In `export const POST = guard(handler)`, `POST` does.
        const [first] = user.arguments;
        if (first?.type === 'Literal' && typeof first.value === 'string' && first !== value)
          return `${printPath(user.callee)}('${first.value}')`;
        break;
      }
      default:
        // Only casts and `await` may stand between the function and its name.
        if (unwrap(user) === user && user.type !== 'AwaitExpression') return '';
    }
    value = user;
  }
  return '';
}

/** An expression without arguments and casts: `client.messages.create()`. A part without a name is `…`. */
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
