import type { Variable } from '@typescript-eslint/scope-manager';
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

const variablesOf = new FileMemory<Map<TSESTree.Node, Variable>>();

/** The variable that an identifier names; null for a global. Two variables of one name in sibling blocks are two. */
export function findVariable(source: ParsedSource, identifier: TSESTree.Node): Variable | null {
  let variables = variablesOf.get(source.ast);
  if (!variables) {
    variables = new Map();
    for (const scope of (source.scopeManager?.scopes ?? [])) {
      for (const { identifier: node, resolved } of scope.references) if (resolved) variables.set(node, resolved);
      for (const variable of scope.variables) for (const node of variable.identifiers) variables.set(node, variable);
    }
    variablesOf.set(source.ast, variables);
  }
  const variable = variables.get(identifier);
  return variable && variable.defs.length > 0 ? variable : null;
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
  const assigned = variable.references.filter((ref) => ref.isWrite() && !ref.init).map((ref) => findBinding(ref.identifier));
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
        return loop.type === 'ForOfStatement' && loop.left === node.parent ? { value: loop.right, picks: [ELEMENT, ...picks] } : null;
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

/** Names under which a function hands a parameter's property on: `({ client }) => …` picks 'client' from parameter 0. */
export function findParameter(name: TSESTree.Node): { index: number; picks: readonly string[]; annotation: TSESTree.TypeNode | null } | null {
  const picks: string[] = [];
  let child = name;
  for (const node of ancestorsOf(name)) {
    if ('params' in node && Array.isArray(node.params)) {
      const index = (node.params as TSESTree.Node[]).indexOf(child);
      const annotated = child.type === 'AssignmentPattern' ? child.left : child.type === 'TSParameterProperty' ? child.parameter : child;
      const annotation = 'typeAnnotation' in annotated ? ((annotated.typeAnnotation as TSESTree.TSTypeAnnotation | null)?.typeAnnotation ?? null) : null;
      return index === -1 ? null : { index, picks, annotation };
    }
    if (node.type === 'Property') {
      const property = findPropertyName(node);
      if (property === null) return null;
      picks.unshift(property);
    } else if (node.type !== 'ObjectPattern' && node.type !== 'AssignmentPattern' && node.type !== 'TSParameterProperty') {
      return null;
    }
    child = node;
  }
  return null;
}
