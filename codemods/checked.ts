import { countReads, fieldsOf, isNamed, isNode, isType, listOf, nameOf, type Node } from './babel.ts';
import type { Undone } from './contract/codemod.ts';

/**
 * Takes out each check of the end that the original lacks: the variable, the look at each chunk, and the throw behind
 * the loop.
 */
export const undoCheck = (original: Node, rewritten: Node): Undone => ({
  tree: withoutChecks(original, rewritten, { original, rewritten }) as Node,
});

interface Files {
  readonly original: Node;
  readonly rewritten: Node;
}

function withoutChecks(before: unknown, after: unknown, files: Files): unknown {
  if (Array.isArray(after)) {
    const old = Array.isArray(before) ? (before as unknown[]) : [];
    const kept = after.length > old.length ? withoutCheck(old, after, files) : after;
    return kept.map((item, index) => withoutChecks(old[index], item, files));
  }
  if (!isNode(after) || !isNode(before)) return after;
  const copy: Node = { ...after };
  for (const field of fieldsOf(after)) copy[field] = withoutChecks(before[field], after[field], files);
  return copy;
}

function withoutCheck(before: readonly unknown[], after: readonly unknown[], files: Files): unknown[] {
  const kept: unknown[] = [];
  for (let at = 0; at < after.length; at++) {
    const [first, loop, check] = after.slice(at, at + 3);
    const unchecked = removeLook({ declaration: first, loop, check, before: before[kept.length] }, files);
    kept.push(unchecked ?? first);
    if (unchecked) at += 2;
  }
  return kept;
}

interface Checked {
  readonly declaration: unknown;
  readonly loop: unknown;
  readonly check: unknown;
  /** The statement of the original that the loop was. */
  readonly before: unknown;
}

/** The loop without its look, where all three belong together and to nothing else. */
function removeLook({ declaration, loop, check, before }: Checked, { original, rewritten }: Files): Node | null {
  const name = findDeclared(declaration);
  if (
    name === null ||
    !isType(loop, 'ForOfStatement') ||
    loop['await'] !== true ||
    !isType(loop['body'], 'BlockStatement')
  )
    return null;
  const chunk = isType(loop['left'], 'VariableDeclaration')
    ? nameOf(listOf(loop['left']['declarations'])[0]?.['id'])
    : '';
  const [look, ...others] = listOf(loop['body']['body']);
  if (!look || chunk === '' || !isLook(look, name, chunk) || !isCheck(check, name)) return null;
  const uses = countReads([declaration, look, check], name);
  if (countReads(original, name) > 0 || countReads(rewritten, name) !== uses) return null;
  // The look may have needed braces.
  const hadBraces = isType(before, 'ForOfStatement') && isType(before['body'], 'BlockStatement');
  return { ...loop, body: hadBraces || others.length !== 1 ? { ...loop['body'], body: others } : others[0]! };
}

/** `let name = null`, `let name: string | null = null`, `let name = false` */
function findDeclared(node: unknown): string | null {
  if (!isType(node, 'VariableDeclaration') || node['kind'] !== 'let') return null;
  const [declarator, ...others] = listOf(node['declarations']);
  const isInitial =
    isType(declarator?.['init'], 'NullLiteral') ||
    (isType(declarator?.['init'], 'BooleanLiteral') && declarator['init']['value'] === false);
  return isInitial && others.length === 0 && isType(declarator?.['id'], 'Identifier') ? nameOf(declarator['id']) : null;
}

/** `name = chunk.a?.b ?? name`, `name ||= chunk.a === 'b'`, `name ||= ['b', 'c'].includes(chunk.a)` */
function isLook(statement: Node, name: string, chunk: string): boolean {
  const { expression } = statement;
  if (!isType(expression, 'AssignmentExpression') || !isNamed(expression['left'], name)) return false;
  const { operator, right } = expression;
  if (operator === '||=') return isTest(right, chunk);
  return (
    operator === '=' &&
    isType(right, 'LogicalExpression') &&
    right['operator'] === '??' &&
    isRead(right['left'], chunk) &&
    isNamed(right['right'], name)
  );
}

function isTest(node: unknown, chunk: string): boolean {
  if (isType(node, 'CallExpression')) {
    const { callee } = node;
    const [kind, ...others] = listOf(node['arguments']);
    const kinds =
      isType(callee, 'MemberExpression') &&
      isNamed(callee['property'], 'includes') &&
      isType(callee['object'], 'ArrayExpression')
        ? listOf(callee['object']['elements'])
        : [];
    return (
      kinds.length > 0 &&
      kinds.every(({ type }) => type === 'StringLiteral') &&
      isRead(kind, chunk) &&
      others.length === 0
    );
  }
  return (
    isType(node, 'BinaryExpression') &&
    node['operator'] === '===' &&
    isRead(node['left'], chunk) &&
    isType(node['right'], 'StringLiteral')
  );
}

/** Members of the chunk, by names and numbers; reading them does nothing else. */
function isRead(node: unknown, chunk: string): boolean {
  if (!isNode(node) || !/^(?:Optional)?MemberExpression$/.test(node.type)) return false;
  const { object, property, computed } = node;
  const isPlain = computed === true ? isType(property, 'NumericLiteral') : isType(property, 'Identifier');
  return isPlain && (isNamed(object, chunk) || isRead(object, chunk));
}

/** `if (name === null) throw new Error('…')`, `if (!name) throw new Error('…')` */
function isCheck(node: unknown, name: string): boolean {
  if (!isType(node, 'IfStatement') || node['alternate']) return false;
  const { test, consequent } = node;
  const isMissing =
    (isType(test, 'UnaryExpression') && test['operator'] === '!' && isNamed(test['argument'], name)) ||
    (isType(test, 'BinaryExpression') &&
      test['operator'] === '===' &&
      isNamed(test['left'], name) &&
      isType(test['right'], 'NullLiteral'));
  const error = isType(consequent, 'ThrowStatement') ? consequent['argument'] : null;
  const [message, ...others] = isType(error, 'NewExpression') ? listOf(error['arguments']) : [];
  return (
    isMissing &&
    isType(error, 'NewExpression') &&
    isNamed(error['callee'], 'Error') &&
    isType(message, 'StringLiteral') &&
    others.length === 0
  );
}
