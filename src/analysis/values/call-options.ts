import type { TSESTree } from '@typescript-eslint/utils';
import type { OptionPath } from '../../providers/provider.ts';
import { findValues } from './access-path.ts';
import { findVariable } from '../source/bindings.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, unwrap } from '../source/tree.ts';

/** 'absent' is a proof. 'unknown': a spread, a parameter or another file may set the option. */
export type OptionLookup =
  | { readonly kind: 'value'; readonly value: TSESTree.Node }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly node: TSESTree.Node };

const absent: OptionLookup = { kind: 'absent' };

/** What a call passes for an option, followed through variables, spreads and later assignments. */
export function findOption(
  source: ParsedSource,
  call: TSESTree.CallExpression | TSESTree.NewExpression,
  { argument, path }: OptionPath,
): OptionLookup {
  const spread = call.arguments.slice(0, argument + 1).find(({ type }) => type === 'SpreadElement');
  if (spread) return { kind: 'unknown', node: spread };
  const value = call.arguments[argument];
  return value ? findAtPath(source, value, path) : absent;
}

function findAtPath(source: ParsedSource, value: TSESTree.Node, path: readonly string[]): OptionLookup {
  const [name, ...rest] = path;
  if (name === undefined) return { kind: 'value', value };
  const found = findProperty(source, value, name);
  return found.kind === 'value' ? findAtPath(source, found.value, rest) : found;
}

/** What an object has under a name. */
export function findProperty(source: ParsedSource, expression: TSESTree.Node, name: string, depth = 0): OptionLookup {
  const assigned = findAssignedLater(source, expression, name);
  if (assigned) return { kind: 'value', value: assigned };
  const lookups = findValues(source, expression).map((value): OptionLookup => {
    if (value.type === 'Literal' || (value.type === 'Identifier' && value.name === 'undefined')) return absent;
    return value.type === 'ObjectExpression' && depth < 10
      ? findInObject(source, value, name, depth)
      : { kind: 'unknown', node: value };
  });
  // Where branches differ, the one that sets the option is reported.
  const set = lookups.find(({ kind }) => kind === 'value') ?? lookups.find(({ kind }) => kind === 'unknown');
  return set ?? lookups[0] ?? { kind: 'unknown', node: expression };
}

function findInObject(
  source: ParsedSource,
  object: TSESTree.ObjectExpression,
  name: string,
  depth: number,
): OptionLookup {
  for (const property of [...object.properties].reverse()) {
    if (property.type === 'SpreadElement') {
      const spread = findProperty(source, conditional(property.argument), name, depth + 1);
      if (spread.kind !== 'absent') return spread;
    } else if (findPropertyName(property) === name) {
      return { kind: 'value', value: property.value };
    } else if (property.computed && property.key.type !== 'Literal') {
      return { kind: 'unknown', node: property };
    }
  }
  return absent;
}

/** The object in `...(condition && { a })`, which is there under the condition. */
function conditional(argument: TSESTree.Expression): TSESTree.Node {
  const value = unwrap(argument);
  return value.type === 'LogicalExpression' && value.operator === '&&' ? value.right : value;
}

/** A later assignment to the variable: `params.stream = true` after `const params = {…}`. */
function findAssignedLater(source: ParsedSource, expression: TSESTree.Node, name: string): TSESTree.Expression | null {
  const variable = findVariable(source, unwrap(expression));
  for (const { identifier } of variable?.references ?? []) {
    const member = identifier.parent;
    if (member?.type !== 'MemberExpression' || member.object !== identifier || findPropertyName(member) !== name)
      continue;
    const { parent } = member;
    if (parent.type === 'AssignmentExpression' && parent.left === member) return parent.right;
  }
  return null;
}

/** Whether the value may be this literal: `true`, `true as const`, a constant. */
export function isLiteral(source: ParsedSource, value: TSESTree.Node, expected: unknown): boolean {
  return findValues(source, value).some((found) => found.type === 'Literal' && found.value === expected);
}
