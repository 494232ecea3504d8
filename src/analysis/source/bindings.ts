import type { Scope, ScopeManager, Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { FileMemory } from './file-memory.ts';
import type { ParsedSource } from './parsed-source.ts';
import { ancestorsOf, findPropertyName, visit } from './tree.ts';

/** Picked from a value that `for…of` walks through: each of its elements. */
const ELEMENT = '[]';

/** A value that a variable takes: an expression, and the properties that a pattern picks from it. */
export interface Binding {
  readonly value: TSESTree.Node;
  readonly picks: readonly string[];
}

/** More mentions of a variable than one would look through again and again. */
const MANY = 16;

const mentionsOf = new FileMemory<Map<Variable, ReadonlySet<TSESTree.Node>>>();

/** The variable that an identifier names; null for a global. Two variables of one name in sibling blocks are two. */
export function findVariable(source: ParsedSource, identifier: TSESTree.Node): Variable | null {
  const name = identifier.type === 'Identifier' || identifier.type === 'JSXIdentifier' ? identifier.name : null;
  if (name === null || !source.scopeManager) return null;
  for (let scope = findScope(source.scopeManager, identifier); scope; scope = scope.upper) {
    const variable = scope.set.get(name);
    // A member or a property may be called as a variable is.
    if (variable && isMention(source, variable, identifier)) return variable.defs.length > 0 ? variable : null;
  }
  return null;
}

function findScope(scopes: ScopeManager, node: TSESTree.Node): Scope | null {
  for (let outer: TSESTree.Node | undefined = node; outer; outer = outer.parent) {
    const scope = scopes.acquire(outer, true);
    if (scope) return scope;
  }
  return null;
}

function isMention(source: ParsedSource, variable: Variable, node: TSESTree.Node): boolean {
  const { identifiers, references } = variable;
  if (identifiers.length + references.length < MANY)
    return (
      identifiers.some((identifier) => identifier === node) || references.some(({ identifier }) => identifier === node)
    );
  const ofFile = mentionsOf.get(source.ast) ?? new Map<Variable, ReadonlySet<TSESTree.Node>>();
  mentionsOf.set(source.ast, ofFile);
  const mentions =
    ofFile.get(variable) ?? new Set<TSESTree.Node>([...identifiers, ...references.map(({ identifier }) => identifier)]);
  ofFile.set(variable, mentions);
  return mentions.has(node);
}

/** The variables that an expression or a pattern names. */
export function variablesIn(source: ParsedSource, root: TSESTree.Node): Variable[] {
  const variables: Variable[] = [];
  visit(root, source.visitorKeys, (node) => {
    const variable = node.type === 'Identifier' ? findVariable(source, node) : null;
    if (variable) variables.push(variable);
  });
  return variables;
}

/** Every value that is assigned to the variable, at its declaration and later. */
export function bindingsOf(variable: Variable): Binding[] {
  const declared = variable.defs.map((def) => findBinding(def.name));
  const assigned = variable.references
    .filter((ref) => ref.isWrite() && !ref.init)
    .map((ref) => findBinding(ref.identifier));
  return [...declared, ...assigned].filter((binding) => binding !== null);
}

/** Climbs from a name in a pattern to what is assigned to the pattern. */
function findBinding(name: TSESTree.Node): Binding | null {
  const picks: string[] = [];
  let child = name;
  for (const node of ancestorsOf(name)) {
    switch (node.type) {
      case 'VariableDeclarator': {
        if (node.id !== child) return null;
        if (node.init) return { value: node.init, picks };
        const loop = node.parent.parent;
        return loop.type === 'ForOfStatement' && loop.left === node.parent
          ? { value: loop.right, picks: [ELEMENT, ...picks] }
          : null;
      }
      case 'AssignmentExpression':
        return node.left === child && /^(\?\?|\|\|)?=$/.test(node.operator) ? { value: node.right, picks } : null;
      case 'AssignmentPattern':
        break;
      case 'Property': {
        const property = findPropertyName(node);
        if (property === null) return null;
        picks.unshift(property);
        break;
      }
      case 'ArrayPattern':
        picks.unshift(String(node.elements.indexOf(child as TSESTree.DestructuringPattern)));
        break;
      case 'ObjectPattern':
        break;
      default:
        return null;
    }
    child = node;
  }
  return null;
}

/**
 * Names under which a function hands a parameter's property on: `({ client }) => …` picks 'client' from parameter 0.
 */
export function findParameter(
  name: TSESTree.Node,
): { index: number; picks: readonly string[]; annotation: TSESTree.TypeNode | null } | null {
  const picks: string[] = [];
  let child = name;
  for (const node of ancestorsOf(name)) {
    if ('params' in node && Array.isArray(node.params)) {
      const index = (node.params as TSESTree.Node[]).indexOf(child);
      const annotated =
        child.type === 'AssignmentPattern'
          ? child.left
          : child.type === 'TSParameterProperty'
            ? child.parameter
            : child;
      const annotation =
        'typeAnnotation' in annotated
          ? ((annotated.typeAnnotation as TSESTree.TSTypeAnnotation | null)?.typeAnnotation ?? null)
          : null;
      return index === -1 ? null : { index, picks, annotation };
    }
    if (node.type === 'Property') {
      const property = findPropertyName(node);
      if (property === null) return null;
      picks.unshift(property);
    } else if (
      node.type !== 'ObjectPattern' &&
      node.type !== 'AssignmentPattern' &&
      node.type !== 'TSParameterProperty'
    ) {
      return null;
    }
    child = node;
  }
  return null;
}
