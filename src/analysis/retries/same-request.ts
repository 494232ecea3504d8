import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findVariable, variablesIn } from '../source/bindings.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, hasNode, isFunction, unwrap, visit } from '../source/tree.ts';
import { isChange } from '../source/words.ts';

/** Code at the place changes what the request is made of: `messages.push(…)`, `this.model = fallback`. */
export function changesRequest(
  source: ParsedSource,
  place: TSESTree.Node,
  request: TSESTree.CallExpression | null,
): boolean {
  const used = placesIn(source, request?.arguments ?? []);
  const isUsed = (target: TSESTree.Node): boolean => {
    const owner = unwrap(target);
    return used.has(source.text.slice(...owner.range)) || (owner.type === 'MemberExpression' && isUsed(owner.object));
  };
  return hasNode(place, source.visitorKeys, (node) => {
    if (node.type === 'AssignmentExpression') return isUsed(node.left);
    const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
    return callee?.type === 'MemberExpression' && isChange(findPropertyName(callee)) && isUsed(callee.object);
  });
}

/** The variables and members in the values, as written; also those that the first of these variables were made of. */
function placesIn(source: ParsedSource, values: readonly TSESTree.Node[], hops = 1): Set<string> {
  const places = new Set<string>();
  const add = (node: TSESTree.Node): void => {
    if (node.type === 'MemberExpression' || node.type === 'Identifier') places.add(source.text.slice(...node.range));
    const variable = hops > 0 && node.type === 'Identifier' ? findVariable(source, node) : null;
    if (variable)
      for (const place of placesIn(
        source,
        bindingsOf(variable).map(({ value }) => value),
        hops - 1,
      ))
        places.add(place);
  };
  for (const value of values) visit(value, source.visitorKeys, (node) => (add(node), !isFunction(node)));
  return places;
}

/** The function calls itself with an argument that is neither its own parameter, nor a count or a flag. */
export function passesOtherArguments(
  source: ParsedSource,
  params: readonly TSESTree.Parameter[],
  { arguments: given }: TSESTree.CallExpression,
): boolean {
  return given.some((argument, index) => {
    const value = unwrap(argument);
    if (
      value.type === 'Literal' ||
      value.type === 'UnaryExpression' ||
      value.type === 'BinaryExpression' ||
      value.type === 'UpdateExpression'
    )
      return false;
    const [variable, own] = [findVariable(source, value), params[index] ? variablesIn(source, params[index]) : []];
    return variable === null || !own.includes(variable);
  });
}
