import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { type AccessPath, extend, findRootNode, startAt, type Tracing } from './access-steps.ts';
import { findVariable } from '../source/bindings.ts';
import { indexOf } from '../source/file-index.ts';
import { FileMemory } from '../source/file-memory.ts';
import { traceAnnotation } from './trace-types.ts';
import { ancestorsOf, findPropertyName, isClass, isFunction, isNothing } from '../source/tree.ts';

type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression;

/** Where a member is assigned more often than this, only the last assignments count. */
const MAX_ASSIGNED = 20;

/** The member of the values that the paths lead to. */
export function traceMember(
  tracing: Tracing,
  paths: readonly AccessPath[],
  name: string,
  depth: number,
): readonly AccessPath[] {
  return paths.flatMap((path) => {
    const node = findRootNode(path);
    const owner = findDeclaredClass(path);
    const inner = owner ? memberOfClass(tracing, owner, name, depth) : node && memberOf(tracing, node, name, depth);
    if (inner && inner.length > 0) return inner;
    return node?.type === 'NewExpression' && isOfParent(tracing, node, depth)
      ? []
      : [extend(path, { kind: 'member', name })];
  });
}

/** The class of this file that the value is an instance of, according to its type alone. */
function findDeclaredClass({ root, steps: [made, ...more] }: AccessPath): ClassNode | null {
  return root.kind === 'node' && isClass(root.node) && made?.kind === 'new' && made.node === null && more.length === 0
    ? root.node
    : null;
}

/**
 * A member that the class of this file does not define comes from the class of a module: `traceNew` gives a path for
 * that.
 */
function isOfParent(tracing: Tracing, node: TSESTree.NewExpression, depth: number): boolean {
  const made = findNewClass(tracing, node, depth);
  return made !== null && findParents(tracing, made, depth).length > 0;
}

/** Classes of modules that a class of this file extends. */
export const findParents = (tracing: Tracing, { superClass }: ClassNode, depth: number): readonly AccessPath[] =>
  superClass ? tracing.trace(superClass, depth).filter(({ root }) => root.kind === 'module') : [];

/** The member of a node of this file. Null where nothing is in sight. */
function memberOf(tracing: Tracing, node: TSESTree.Node, name: string, depth: number): readonly AccessPath[] | null {
  switch (node.type) {
    case 'ObjectExpression':
      return memberOfObject(tracing, node, name, depth);
    case 'ArrayExpression': {
      const element = node.elements[Number(name)];
      return element && element.type !== 'SpreadElement' ? tracing.trace(element, depth) : null;
    }
    case 'TSTypeLiteral':
      return memberOfType(tracing, node.members, name, depth);
    case 'TSInterfaceDeclaration':
      return memberOfType(tracing, node.body.body, name, depth);
    case 'ClassDeclaration':
    case 'ClassExpression':
      return memberOfClass(tracing, node, name, depth, true);
    default: {
      const owner =
        node.type === 'ThisExpression'
          ? findThis(node)
          : node.type === 'NewExpression'
            ? findNewClass(tracing, node, depth)
            : null;
      if (owner?.type === 'ObjectExpression') return memberOfObject(tracing, owner, name, depth);
      return owner && memberOfClass(tracing, owner, name, depth);
    }
  }
}

/** A property as it is written in the object, and later assignments: `state.stream = …`. */
function memberOfObject(
  tracing: Tracing,
  object: TSESTree.ObjectExpression,
  name: string,
  depth: number,
): readonly AccessPath[] | null {
  const property = object.properties.find(
    (property) => property.type === 'Property' && findPropertyName(property) === name,
  );
  const written =
    property?.type === 'Property' && !isNothing(property.value) ? tracing.trace(property.value, depth) : [];
  const assigned = tracing.once(`${object.range[0]} ${name}`, () =>
    findAssignedMembers(tracing, object, name)
      .slice(0, MAX_ASSIGNED)
      .flatMap((value) => tracing.trace(value, depth)),
  );
  const paths = [...written, ...assigned];
  return paths.length > 0 || property?.type !== 'Property' ? paths : tracing.trace(property.value, depth);
}

/** The values that are assigned to members of a variable, by member. */
type Assigned = ReadonlyMap<string, readonly TSESTree.Node[]>;

const assignedTo = new FileMemory<Map<Variable, Assigned>>();

function findAssignedMembers(
  { source }: Tracing,
  object: TSESTree.ObjectExpression,
  name: string,
): readonly TSESTree.Node[] {
  const variable = object.parent.type === 'VariableDeclarator' ? findVariable(source, object.parent.id) : null;
  if (!variable) return [];
  const known = assignedTo.get(source.ast) ?? new Map<Variable, Assigned>();
  assignedTo.set(source.ast, known);
  const assigned = known.get(variable) ?? gatherAssigned(variable);
  known.set(variable, assigned);
  return assigned.get(name) ?? [];
}

function gatherAssigned({ references }: Variable): Assigned {
  const assigned = new Map<string, TSESTree.Node[]>();
  for (const { identifier } of references) {
    const member: TSESTree.Node | undefined = identifier.parent;
    if (member?.type !== 'MemberExpression' || member.object !== identifier) continue;
    const [name, { parent }] = [findPropertyName(member), member];
    if (name === null || parent.type !== 'AssignmentExpression' || parent.left !== member || isNothing(parent.right))
      continue;
    const values = assigned.get(name);
    if (values) values.push(parent.right);
    else assigned.set(name, [parent.right]);
  }
  return assigned;
}

/** `client` of `{ client: OpenAI }`, `chat` of `{ chat(prompt: string): AsyncIterable<Chunk> }`. */
function memberOfType(
  tracing: Tracing,
  members: readonly TSESTree.TypeElement[],
  name: string,
  depth: number,
): readonly AccessPath[] | null {
  for (const member of members) {
    if (
      (member.type !== 'TSPropertySignature' && member.type !== 'TSMethodSignature') ||
      member.computed ||
      member.key.type !== 'Identifier' ||
      member.key.name !== name
    )
      continue;
    return member.type === 'TSMethodSignature'
      ? [startAt(member)]
      : traceAnnotation(tracing, member.typeAnnotation?.typeAnnotation, depth);
  }
  return null;
}

/** The value of `this`: the class, or the object whose method contains the node. */
function findThis(node: TSESTree.Node): ClassNode | TSESTree.ObjectExpression | null {
  for (const outer of ancestorsOf(node)) {
    if (isClass(outer)) return outer;
    if (
      outer.type === 'FunctionExpression' &&
      outer.parent.type === 'Property' &&
      outer.parent.parent.type === 'ObjectExpression'
    )
      return outer.parent.parent;
  }
  return null;
}

function findNewClass(tracing: Tracing, node: TSESTree.NewExpression, depth: number): ClassNode | null {
  const [path] = tracing.trace(node.callee, depth);
  const made = path && findRootNode(path);
  return made && isClass(made) ? made : null;
}

/**
 * A field, getter or method of the class, or else of its parents in this file. `isStatic`: only members of the class
 * itself.
 */
function memberOfClass(
  tracing: Tracing,
  owner: ClassNode,
  name: string,
  depth: number,
  isStatic = false,
): readonly AccessPath[] {
  const own = tracing.once(`${owner.range[0]} ${name}`, () => [
    ...(isStatic
      ? []
      : indexOf(tracing.source)
          .fieldsOf(owner, name)
          .flatMap((value) => (isNothing(value) ? [] : tracing.trace(value, depth)))),
    ...owner.body.body.flatMap((member) =>
      isStatic && 'static' in member && !member.static ? [] : traceElement(tracing, member, name, depth),
    ),
  ]);
  if (own.length > 0 || !owner.superClass) return own;
  return tracing.trace(owner.superClass, depth).flatMap((path) => {
    const parent = findRootNode(path);
    return parent && isClass(parent) && parent !== owner
      ? memberOfClass(tracing, parent, name, depth + 1, isStatic)
      : [];
  });
}

function traceElement(
  tracing: Tracing,
  member: TSESTree.ClassElement,
  name: string,
  depth: number,
): readonly AccessPath[] {
  switch (member.type) {
    case 'PropertyDefinition':
    case 'TSAbstractPropertyDefinition':
      if (findPropertyName(member) !== name) return [];
      return [
        ...(member.value && !isNothing(member.value) ? tracing.trace(member.value, depth) : []),
        ...traceAnnotation(tracing, member.typeAnnotation?.typeAnnotation, depth),
      ];
    case 'MethodDefinition':
    case 'TSAbstractMethodDefinition':
      if (member.kind === 'constructor')
        return member.value.params.flatMap((parameter) => traceProperty(tracing, parameter, name, depth));
      if (findPropertyName(member) !== name || member.kind === 'set') return [];
      return member.kind === 'get' && isFunction(member.value)
        ? returned(tracing, member.value, depth)
        : [startAt(member.value)];
    default:
      return [];
  }
}

/** `constructor(private readonly client: OpenAI)` */
function traceProperty(
  tracing: Tracing,
  parameter: TSESTree.Parameter,
  name: string,
  depth: number,
): readonly AccessPath[] {
  if (parameter.type !== 'TSParameterProperty') return [];
  const declared = parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter;
  return declared.type === 'Identifier' && declared.name === name
    ? traceAnnotation(tracing, declared.typeAnnotation?.typeAnnotation, depth)
    : [];
}

/** The values that a function of this file returns. */
export function returned(tracing: Tracing, callee: TSESTree.Node, depth: number): readonly AccessPath[] {
  if (!isFunction(callee)) return [];
  const values = indexOf(tracing.source)
    .returnsOf(callee)
    .filter((value) => !isNothing(value));
  return tracing.once(callee, () => values.flatMap((value) => tracing.trace(value, depth)));
}
