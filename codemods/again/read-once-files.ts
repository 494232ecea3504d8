import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findParameter, findVariable } from '../../src/analysis/source/bindings.ts';
import { findCallsOf } from '../../src/analysis/source/calls-of-function.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName, type FunctionNode, isFunction, unwrap, visit } from '../../src/analysis/source/tree.ts';

const OPENS_FILE = 'createReadStream';

/** `value`, or its member by these names. */
interface Member {
  readonly value: TSESTree.Node;
  readonly names: readonly string[];
}

/**
 * A name in a request holds, or contains, a file that can be read once: returns the function that opens it
 * (`createReadStream`); else null.
 */
export function findReadOnce(source: ParsedSource, name: TSESTree.Identifier): string | null {
  if (!source.text.includes(OPENS_FILE)) return null;
  const names: string[] = [];
  let node: TSESTree.Node = name;
  for (
    let user = name.parent;
    user.type === 'MemberExpression' && user.object === node;
    node = user, user = user.parent
  ) {
    const member = findPropertyName(user);
    if (member === null) break;
    names.push(member);
  }
  return findOpener({ source, open: new Set(), searched: new Map() }, { value: name, names });
}

interface Search {
  readonly source: ParsedSource;
  /** Variables whose values are being searched: a variable may be made of itself. */
  readonly open: Set<Variable>;
  /** The members of each variable that were searched. */
  readonly searched: Map<Variable, Set<string>>;
}

function findOpener(search: Search, member: Member): string | null {
  const node = unwrap(member.value);
  if (node.type === 'CallExpression') return calledName(node) === OPENS_FILE ? OPENS_FILE : null;
  if (node.type === 'Identifier') return findInVariable(search, node, member.names);
  return findFirst(search, partsOf(node, member.names));
}

function findFirst(search: Search, members: readonly Member[]): string | null {
  for (const member of members) {
    const opener = findOpener(search, member);
    if (opener !== null) return opener;
  }
  return null;
}

const calledName = ({ callee }: TSESTree.CallExpression): string | null =>
  callee.type === 'MemberExpression' ? findPropertyName(callee) : callee.type === 'Identifier' ? callee.name : null;

function findInVariable(search: Search, node: TSESTree.Identifier, names: readonly string[]): string | null {
  const { source, open, searched } = search;
  const variable = findVariable(source, node);
  if (!variable || open.has(variable)) return null;
  const members = searched.get(variable) ?? new Set<string>();
  if (members.has(names.join('.'))) return null;
  searched.set(variable, members.add(names.join('.')));
  open.add(variable);
  const bound = bindingsOf(variable).map(({ value, picks }) => ({ value, names: [...picks, ...names] }));
  const opener = findFirst(search, [...bound, ...argumentsOf(source, variable, names)]);
  open.delete(variable);
  return opener;
}

/** The values that the named member of an expression may have. */
function partsOf(node: TSESTree.Node, names: readonly string[]): Member[] {
  const [name, ...rest] = names;
  switch (node.type) {
    case 'MemberExpression': {
      const own = findPropertyName(node);
      return own === null ? [] : [{ value: node.object, names: [own, ...names] }];
    }
    case 'ObjectExpression': {
      const properties = node.properties.flatMap((property) =>
        property.type === 'Property' && (name === undefined || [name, null].includes(findPropertyName(property)))
          ? [{ value: property.value, names: rest }]
          : [],
      );
      const spread = node.properties.flatMap((property) =>
        property.type === 'SpreadElement' ? [{ value: property.argument, names }] : [],
      );
      return [...properties, ...spread];
    }
    case 'ArrayExpression':
      // The name is an index, or a method that goes through the list.
      return node.elements.flatMap((element) =>
        element ? [{ value: element.type === 'SpreadElement' ? element.argument : element, names: rest }] : [],
      );
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].map((value) => ({ value, names }));
    case 'LogicalExpression':
      return [node.left, node.right].map((value) => ({ value, names }));
    default:
      return [];
  }
}

/** What the calls in this file pass to a parameter, and the parameter's default. */
function argumentsOf(source: ParsedSource, variable: Variable, names: readonly string[]): Member[] {
  return variable.defs.flatMap((def) => {
    if (def.type !== 'Parameter' || !isFunction(def.node)) return [];
    const pattern = def.name.parent;
    const defaults =
      pattern.type === 'AssignmentPattern' && pattern.left === def.name ? [{ value: pattern.right, names }] : [];
    const parameter = findParameter(def.name);
    if (!parameter) return defaults;
    const path = [...parameter.picks, ...names];
    const passed = callsOf(source, def.node).flatMap((call): TSESTree.Node[] => {
      const before = call.arguments.slice(0, parameter.index + 1);
      const spread = before.flatMap((argument) => (argument.type === 'SpreadElement' ? [argument.argument] : []));
      const argument = before[parameter.index];
      return spread.length > 0 ? spread : argument ? [argument] : [];
    });
    return [...defaults, ...passed.map((value) => ({ value, names: path }))];
  });
}

/** The calls of a function; of a method, all calls of its name, whatever the object. */
function callsOf(source: ParsedSource, fn: FunctionNode): readonly TSESTree.CallExpression[] {
  const owner = fn.parent;
  const name =
    owner.type === 'MethodDefinition' || owner.type === 'PropertyDefinition' || owner.type === 'Property'
      ? findPropertyName(owner)
      : null;
  if (name === null) return findCallsOf(source, fn);
  const calls: TSESTree.CallExpression[] = [];
  visit(source.ast, source.visitorKeys, (node) => {
    if (
      node.type === 'CallExpression' &&
      node.callee.type === 'MemberExpression' &&
      findPropertyName(node.callee) === name
    )
      calls.push(node);
  });
  return calls;
}
