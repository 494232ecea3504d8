import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import {
  ancestorsOf,
  findFunction,
  findPropertyName,
  isClass,
  isFunction,
  isInside,
  unwrap,
  visit,
  isNothing,
} from '../../src/analysis/source/tree.ts';
import { findAnnotation } from '../options/option-presence.ts';
import type { Obstacle } from '../options/placement.ts';

/**
 * The request needs a narrowed type that TypeScript forgets inside a callback: `this.client` after a test, a `let`
 * without an initial value after an assignment. Null where it needs none.
 *
 * A constant, and a variable that is not assigned after the callback, keep their narrowed type (TypeScript 5.4);
 * members never do.
 */
export function findNarrowingObstacle(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  exempt: readonly TSESTree.Node[],
): Obstacle | null {
  const tested = findTestedMembers(source, call);
  let narrowed: string | null = null;
  visit(call, source.visitorKeys, (node) => {
    if (narrowed !== null || isFunction(node) || exempt.includes(node)) return false;
    if (node.type === 'MemberExpression') {
      const path = printPath(source, node);
      if (path !== null && tested.has(path) && !isNeverNull(source, node)) narrowed = path;
    } else if (node.type === 'Identifier') {
      const variable = findVariable(source, node);
      if (variable && isNullable(variable) && !staysNarrowed(variable, call)) narrowed = node.name;
    }
    return narrowed === null;
  });
  return narrowed === null
    ? null
    : {
        obstacle:
          `The type of \`${narrowed as string}\` is narrowed before the request, and in a callback it is not; give ` +
          'it to a `const`, then run this again.',
      };
}

// ── Variables ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Declared with `null` or `undefined` in its type, or without an initial value. */
function isNullable({ defs }: Variable): boolean {
  return defs.some(({ type, name, node }) => {
    if (type !== 'Variable' && type !== 'Parameter') return false;
    const annotation = name.type === 'Identifier' ? name.typeAnnotation?.typeAnnotation : undefined;
    if (name.type === 'Identifier' && name.optional) return true;
    if (annotation) return admitsNull(annotation);
    return (
      node.type === 'VariableDeclarator' &&
      node.id === name &&
      (node.init === null || isNothing(node.init)) &&
      !/For/.test(node.parent.parent.type)
    );
  });
}

const admitsNull = (type: TSESTree.TypeNode): boolean =>
  type.type === 'TSUnionType' &&
  type.types.some((each) => each.type === 'TSNullKeyword' || each.type === 'TSUndefinedKeyword');

/**
 * Nothing is assigned to the variable after the call, in another function, or in a statement around the call (which
 * may be a loop).
 */
function staysNarrowed({ defs, references, scope }: Variable, call: TSESTree.CallExpression): boolean {
  const writes = references.filter((reference) => reference.isWrite() && !reference.init);
  if (writes.length === 0) return true;
  if (defs.some(({ node }) => node.type === 'VariableDeclarator' && node.parent.kind === 'var')) return false;
  return writes.every(({ identifier, from }) => {
    if (identifier.range[0] > call.range[0] || from.variableScope !== scope.variableScope) return false;
    return ![...ancestorsOf(identifier)].some(
      (outer) => isStatement(outer) && outer.range[0] > defs[0]!.name.range[0] && isInside(call, outer),
    );
  });
}

const isStatement = ({ type }: TSESTree.Node): boolean =>
  /Statement$|^VariableDeclaration$/.test(type) && type !== 'BlockStatement';

// ── Members ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Members that are narrowed at the call: by a test around it, by an earlier test that leaves, by an assignment. */
function findTestedMembers(source: ParsedSource, call: TSESTree.CallExpression): ReadonlySet<string> {
  const tested = new Set<string>();
  const add = (test: TSESTree.Node): void => {
    visit(test, source.visitorKeys, (node) => {
      const path = node.type === 'MemberExpression' ? printPath(source, node) : null;
      if (path !== null) tested.add(path);
      return path === null && !isFunction(node);
    });
  };
  for (const node of listTests(source, findFunction(call) ?? source.ast)) {
    if (node.range[0] >= call.range[1]) break;
    const isAround = isInside(call, node);
    if (node.type === 'AssignmentExpression') {
      if (!isAround && node.left.type === 'MemberExpression') add(node.left);
    } else if (node.type === 'LogicalExpression') {
      if (isInside(call, node.right)) add(node.left);
    } else if (isAround ? !isInside(call, node.test) : node.type === 'IfStatement' && leaves(node.consequent)) {
      add(node.test);
    }
  }
  return tested;
}

type Test =
  | TSESTree.IfStatement
  | TSESTree.ConditionalExpression
  | TSESTree.WhileStatement
  | TSESTree.LogicalExpression
  | TSESTree.AssignmentExpression;
const TESTS: ReadonlySet<string> = new Set([
  'IfStatement',
  'ConditionalExpression',
  'WhileStatement',
  'LogicalExpression',
  'AssignmentExpression',
]);
const testsOf = new WeakMap<TSESTree.Node, readonly Test[]>();

/** What may narrow a member, in a function without the functions inside it, in the order of the text. */
function listTests({ visitorKeys }: ParsedSource, outer: TSESTree.Node): readonly Test[] {
  let tests = testsOf.get(outer) as Test[] | undefined;
  if (tests) return tests;
  testsOf.set(outer, (tests = []));
  const found = tests;
  visit(outer, visitorKeys, (node) => {
    if (TESTS.has(node.type)) found.push(node as Test);
    return node === outer || !isFunction(node);
  });
  return tests;
}

function leaves(statement: TSESTree.Statement): boolean {
  const last = statement.type === 'BlockStatement' ? statement.body.at(-1) : statement;
  return last !== undefined && /^(Return|Throw|Continue|Break)Statement$/.test(last.type);
}

/** `this.client`, `request.prompt`; null where the object is no variable. */
function printPath(source: ParsedSource, member: TSESTree.MemberExpression): string | null {
  const name = findPropertyName(member);
  const object = unwrap(member.object);
  if (name === null) return null;
  if (object.type === 'ThisExpression') return `this.${name}`;
  if (object.type === 'Identifier') return findVariable(source, object) ? `${object.name}.${name}` : null;
  const path = object.type === 'MemberExpression' ? printPath(source, object) : null;
  return path === null ? null : `${path}.${name}`;
}

/** The member is declared in this file, with a type that excludes null. */
function isNeverNull(source: ParsedSource, member: TSESTree.MemberExpression): boolean {
  const name = findPropertyName(member);
  const object = unwrap(member.object);
  if (object.type === 'ThisExpression') {
    const body = [...ancestorsOf(member)].find(isClass)?.body.body ?? [];
    const field = body.find((each) => each.type === 'PropertyDefinition' && findPropertyName(each) === name);
    if (field?.type !== 'PropertyDefinition' || field.optional) return false;
    const type = field.typeAnnotation?.typeAnnotation;
    return type ? isPlainType(type) : field.value !== null && !isNothing(field.value);
  }
  const annotation = findAnnotation(source, object);
  const type = annotation?.type === 'TSTypeReference' ? findDeclaration(source, annotation) : annotation;
  const members =
    type?.type === 'TSInterfaceDeclaration' ? type.body.body : type?.type === 'TSTypeLiteral' ? type.members : [];
  const signature = members.find(
    (each) => each.type === 'TSPropertySignature' && each.key.type === 'Identifier' && each.key.name === name,
  );
  return (
    signature?.type === 'TSPropertySignature' &&
    !signature.optional &&
    signature.typeAnnotation !== undefined &&
    isPlainType(signature.typeAnnotation.typeAnnotation)
  );
}

const isPlainType = ({ type }: TSESTree.TypeNode): boolean => type !== 'TSUnionType' && type !== 'TSUnknownKeyword';

function findDeclaration(source: ParsedSource, { typeName }: TSESTree.TSTypeReference): TSESTree.Node | null {
  const [def] = findVariable(source, typeName)?.defs ?? [];
  return def?.node.type === 'TSTypeAliasDeclaration' ? def.node.typeAnnotation : (def?.node ?? null);
}
