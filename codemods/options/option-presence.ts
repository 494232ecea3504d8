import type { TSESTree } from '@typescript-eslint/utils';
import { findValues } from '../../src/analysis/values/access-path.ts';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName, findUser, isInside, unwrap, visit } from '../../src/analysis/source/tree.ts';
import { isLogger } from '../../src/analysis/source/words.ts';

/** A request, and what is known of its file and its SDK. */
export interface Site {
  readonly source: ParsedSource;
  readonly call: TSESTree.CallExpression;
  /** The SDK's modules: their types have the options of the SDK. */
  readonly modules: readonly string[];
  /** In TypeScript a member that a type lacks cannot be read. */
  readonly isTyped: boolean;
}

/**
 * Whether an object holds an option: 'perhaps' it can be asked; 'unreadable': perhaps, but its type may not let it be
 * asked.
 */
export type Holding = 'no' | 'perhaps' | 'unreadable';

/** `names` lead from the object to the option. */
export function findHolding(site: Site, holder: TSESTree.Node, names: readonly string[]): Holding {
  if (cannotHold(site, holder, names[0]!)) return 'no';
  const type = findAnnotation(site.source, holder);
  if (type) return { true: 'perhaps', false: 'no', null: 'unreadable' }[`${typeHolds(site, type, names)}`] as Holding;
  const isLiteral = findValues(site.source, holder).some((value) => lacks(site, value, names[0]!));
  return site.isTyped && isLiteral ? 'unreadable' : 'perhaps';
}

// ── By its value ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The literals behind the value have no such member, and nothing gives it to them later. */
function cannotHold(site: Site, holder: TSESTree.Node, name: string, hops = 0): boolean {
  const value = unwrap(holder);
  if (hops > 5) return false;
  switch (value.type) {
    case 'ObjectExpression':
    case 'Literal':
      return lacks(site, value, name);
    case 'LogicalExpression':
      return (
        (value.operator === '&&' || cannotHold(site, value.left, name, hops + 1)) &&
        cannotHold(site, value.right, name, hops + 1)
      );
    case 'ConditionalExpression':
      return cannotHold(site, value.consequent, name, hops + 1) && cannotHold(site, value.alternate, name, hops + 1);
    case 'Identifier': {
      const variable = findVariable(site.source, value);
      if (!variable) return value.name === 'undefined';
      return (
        variable.defs.every(
          ({ node }) =>
            node.type === 'VariableDeclarator' &&
            node.id.type === 'Identifier' &&
            node.init !== null &&
            cannotHold(site, node.init, name, hops + 1),
        ) && variable.references.every(({ identifier, init }) => init || isOnlyRead(site, identifier))
      );
    }
    default:
      return false;
  }
}

const lacks = (site: Site, value: TSESTree.Node, name: string): boolean =>
  value.type === 'Literal' ||
  (value.type === 'ObjectExpression' &&
    value.properties.every((property) =>
      property.type === 'SpreadElement'
        ? cannotHold(site, property.argument, name, 1)
        : ![name, null].includes(findPropertyName(property)),
    ));

/** The object stays what it is: nothing writes to it, and it goes nowhere but into requests and logs. */
function isOnlyRead({ source, call }: Site, name: TSESTree.Node): boolean {
  const user = findUser(name);
  switch (user?.type) {
    case 'SpreadElement':
    case 'IfStatement':
    case 'UnaryExpression':
    case 'BinaryExpression':
    case 'ExportSpecifier':
      return true;
    case 'MemberExpression':
      return isPlainRead(user);
    case 'VariableDeclarator':
      return user.id.type === 'ObjectPattern';
    case 'Property':
      return isInside(user, call);
    case 'CallExpression':
      return user === call || takesWhatItGets(source, user, call);
    default:
      return false;
  }
}

function isPlainRead(member: TSESTree.MemberExpression): boolean {
  const { parent } = member;
  if (parent.type === 'AssignmentExpression') return parent.left !== member;
  return (
    !(parent.type === 'CallExpression' && parent.callee === member) &&
    parent.type !== 'UpdateExpression' &&
    parent.type !== 'UnaryExpression'
  );
}

/** Another request of the same kind, or a log. */
function takesWhatItGets(
  source: ParsedSource,
  { callee }: TSESTree.CallExpression,
  call: TSESTree.CallExpression,
): boolean {
  if (isLogger(callee)) return true;
  if (callee.type !== 'MemberExpression') return false;
  if (callee.object.type === 'Identifier' && callee.object.name === 'JSON') return !findVariable(source, callee.object);
  return call.callee.type === 'MemberExpression' && findPropertyName(callee) === findPropertyName(call.callee);
}

// ── By its type ─────────────────────────────────────────────────────────────────────────────────────────────────────

export function findAnnotation(source: ParsedSource, value: TSESTree.Node): TSESTree.TypeNode | null {
  const [def] = findVariable(source, unwrap(value))?.defs ?? [];
  return def?.name.type === 'Identifier' ? (def.name.typeAnnotation?.typeAnnotation ?? null) : null;
}

/** Null where the type is declared elsewhere. */
function typeHolds(site: Site, type: TSESTree.TypeNode, names: readonly string[]): boolean | null {
  switch (type.type) {
    case 'TSAnyKeyword':
      return true;
    case 'TSTypeLiteral':
      return membersHold(site, type.members, names);
    case 'TSUnionType': {
      const answers = type.types
        .filter((each) => each.type !== 'TSNullKeyword' && each.type !== 'TSUndefinedKeyword')
        .map((each) => typeHolds(site, each, names));
      return answers.every((answer) => answer === answers[0]) ? (answers[0] ?? null) : null;
    }
    case 'TSIntersectionType': {
      const answers = type.types.map((each) => typeHolds(site, each, names));
      return answers.includes(true) ? true : answers.includes(null) ? null : false;
    }
    case 'TSTypeReference':
      return referenceHolds(site, type, names);
    default:
      return isOfSdk(site, type) ? true : null;
  }
}

function referenceHolds(site: Site, type: TSESTree.TSTypeReference, names: readonly string[]): boolean | null {
  const [first, second] = type.typeArguments?.params ?? [];
  const name = site.source.text.slice(...type.typeName.range);
  if (first && ['Partial', 'Required', 'Readonly', 'NonNullable'].includes(name)) return typeHolds(site, first, names);
  if (first && second && (name === 'Pick' || name === 'Omit')) {
    const keys = findKeys(second);
    if (keys === null) return null;
    return keys.includes(names[0]!) === (name === 'Pick') ? typeHolds(site, first, names) : false;
  }
  if (/RequestOptions$/.test(name)) return true;
  const [def] = findVariable(site.source, type.typeName)?.defs ?? [];
  if (def?.node.type === 'TSInterfaceDeclaration') {
    const own = membersHold(site, def.node.body.body, names);
    if (own !== false || def.node.extends.length === 0) return own;
    return def.node.extends.some(({ expression }) =>
      /RequestOptions$/.test(site.source.text.slice(...expression.range)),
    )
      ? true
      : null;
  }
  if (def?.node.type === 'TSTypeAliasDeclaration' && !def.node.typeParameters)
    return typeHolds(site, def.node.typeAnnotation, names);
  return isOfSdk(site, type) ? true : null;
}

function membersHold(
  site: Site,
  members: readonly TSESTree.TypeElement[],
  [name, ...rest]: readonly string[],
): boolean | null {
  let answer: boolean | null = false;
  for (const member of members) {
    if (member.type === 'TSPropertySignature' && member.key.type === 'Identifier' && member.key.name !== name) continue;
    const type = member.type === 'TSPropertySignature' ? member.typeAnnotation?.typeAnnotation : undefined;
    answer = type && rest.length > 0 ? typeHolds(site, type, rest) : true;
  }
  return answer;
}

/** `'a' | 'b'` as names. */
function findKeys(type: TSESTree.TypeNode): string[] | null {
  const types = type.type === 'TSUnionType' ? type.types : [type];
  const names = types.map((each) =>
    each.type === 'TSLiteralType' && each.literal.type === 'Literal' ? String(each.literal.value) : null,
  );
  return names.every((name) => name !== null) ? names : null;
}

/** The type is made of one that the SDK exports. */
function isOfSdk({ source, modules }: Site, type: TSESTree.TypeNode): boolean {
  let found = false;
  visit(type, source.visitorKeys, (node) => {
    const [def] = node.type === 'Identifier' ? (findVariable(source, node)?.defs ?? []) : [];
    const from = def?.parent?.type === 'ImportDeclaration' ? def.parent.source.value : null;
    found ||=
      from !== null && modules.some((module) => from === module || from.startsWith(`${module.replace(/\/$/, '')}/`));
  });
  return found;
}
