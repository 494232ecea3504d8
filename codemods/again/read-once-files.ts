import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findParameter, findVariable } from '../../src/analysis/source/bindings.ts';
import { findCallsOf } from '../../src/analysis/source/calls-of-function.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName, type FunctionNode, isFunction, unwrap, visit } from '../../src/analysis/source/tree.ts';

const OPENS = 'createReadStream';

/** Somewhere in a value: the value itself, or the member of those names in it. */
interface Place {
  readonly value: TSESTree.Node;
  readonly names: readonly string[];
}

/**
 * What opens the file that a name in a request stands for, or that is in it: `createReadStream`; null where there is no
 * such thing.
 */
export function findReadOnce(source: ParsedSource, name: TSESTree.Identifier): string | null {
  if (!source.text.includes(OPENS)) return null;
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
  return find(source, { value: name, names }, { open: new Set(), known: new Map() });
}

/**
 * Variables that are being looked into, which may be made of themselves, and the members of each that were looked for.
 */
interface Search {
  readonly open: Set<Variable>;
  readonly known: Map<Variable, Set<string>>;
}

function find(source: ParsedSource, { value, names }: Place, search: Search): string | null {
  const node = unwrap(value);
  const findFirst = (places: readonly Place[]): string | null => {
    for (const place of places) {
      const found = find(source, place, search);
      if (found !== null) return found;
    }
    return null;
  };
  const within = (values: readonly (TSESTree.Node | null)[], left = names): string | null =>
    findFirst(values.flatMap((each) => (each ? [{ value: each, names: left }] : [])));
  switch (node.type) {
    case 'Identifier': {
      const variable = findVariable(source, node);
      const known = variable && (search.known.get(variable) ?? new Set<string>());
      if (!variable || search.open.has(variable) || known!.has(names.join('.'))) return null;
      search.known.set(variable, known!.add(names.join('.')));
      search.open.add(variable);
      const bound = bindingsOf(variable).map((binding) => ({
        value: binding.value,
        names: [...binding.picks, ...names],
      }));
      const found = findFirst([...bound, ...findHanded(source, variable, names)]);
      search.open.delete(variable);
      return found;
    }
    case 'CallExpression': {
      const name =
        node.callee.type === 'MemberExpression'
          ? findPropertyName(node.callee)
          : node.callee.type === 'Identifier'
            ? node.callee.name
            : null;
      return name === OPENS ? name : null;
    }
    case 'MemberExpression': {
      const name = findPropertyName(node);
      return name === null ? null : find(source, { value: node.object, names: [name, ...names] }, search);
    }
    case 'ObjectExpression': {
      const [name, ...rest] = names;
      const spread = node.properties.flatMap((property) =>
        property.type === 'SpreadElement' ? [property.argument] : [],
      );
      const own = node.properties
        .filter((property) => property.type === 'Property')
        .filter((property) => name === undefined || [name, null].includes(findPropertyName(property)));
      return (
        within(
          own.map((property) => property.value),
          rest,
        ) ?? within(spread)
      );
    }
    case 'ArrayExpression':
      // A place in it, or a method that goes through it.
      return within(
        node.elements.map((element) => (element?.type === 'SpreadElement' ? element.argument : element)),
        names.slice(1),
      );
    case 'ConditionalExpression':
      return within([node.consequent, node.alternate]);
    case 'LogicalExpression':
      return within([node.left, node.right]);
    default:
      return null;
  }
}

/** What the calls in this file hand to a parameter, and its default. */
function findHanded(source: ParsedSource, variable: Variable, names: readonly string[]): Place[] {
  return variable.defs.flatMap((def) => {
    if (def.type !== 'Parameter' || !isFunction(def.node)) return [];
    const pattern = def.name.parent;
    const defaults =
      pattern.type === 'AssignmentPattern' && pattern.left === def.name ? [{ value: pattern.right, names }] : [];
    const parameter = findParameter(def.name);
    if (!parameter) return defaults;
    const path = [...parameter.picks, ...names];
    const given = callsOf(source, def.node).flatMap((call): TSESTree.Node[] => {
      const before = call.arguments.slice(0, parameter.index + 1);
      const spread = before.flatMap((argument) => (argument.type === 'SpreadElement' ? [argument.argument] : []));
      const argument = before[parameter.index];
      return spread.length > 0 ? spread : argument ? [argument] : [];
    });
    return [...defaults, ...given.map((value) => ({ value, names: path }))];
  });
}

/** A method may be called of any object: by its name. */
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
