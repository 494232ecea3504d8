import type { TSESTree } from '@typescript-eslint/utils';
import { findVariable } from '../../src/analysis/source/bindings.ts';
import { findOption } from '../../src/analysis/values/call-options.ts';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { findPropertyName, isNothing, unwrap } from '../../src/analysis/source/tree.ts';
import type { OptionPath } from '../../src/providers/provider.ts';
import type { HelperOption, Setting } from './placement.ts';

/** An expression that can be read twice: `options`, `this.options`, `config.llm.options`. */
export function isName(node: TSESTree.Node): boolean {
  if (node.type === 'MemberExpression') return !node.computed && isName(node.object);
  return node.type === 'Identifier' || node.type === 'ThisExpression';
}

/** The value of a request's option, as an option of the helper. */
export function moveValue(source: ParsedSource, value: TSESTree.Node, becomes: Setting['becomes']): HelperOption[] {
  if (isNothing(value)) return [];
  if (becomes === 'maxRetries') return [{ name: becomes, value: printRetries(source, value) }];
  const timeout = findTimeout(source, value);
  return [
    timeout
      ? { name: 'totalTimeoutMs', value: printValue(source, timeout) }
      : { name: becomes, value: printValue(source, value) },
  ];
}

const printValue = ({ text }: ParsedSource, node: TSESTree.Node): string =>
  node.type === 'SequenceExpression' ? `(${text.slice(...node.range)})` : text.slice(...node.range);

/** SDKs accept `null` for the default number of retries, the helper only `undefined`. */
function printRetries(source: ParsedSource, value: TSESTree.Node): string {
  const node = unwrap(value);
  if (!mayBeNull(source, node)) return printValue(source, value);
  if (node.type === 'LogicalExpression' && node.operator === '??' && isNothing(node.right))
    return `${printValue(source, node.left)} ?? undefined`;
  return node.type === 'Identifier' || node.type === 'MemberExpression'
    ? `${printValue(source, value)} ?? undefined`
    : `(${printValue(source, value)}) ?? undefined`;
}

function mayBeNull(source: ParsedSource, node: TSESTree.Node): boolean {
  switch (node.type) {
    case 'Literal':
      return node.value === null;
    case 'ConditionalExpression':
      return mayBeNull(source, node.consequent) || mayBeNull(source, node.alternate);
    case 'LogicalExpression':
      return mayBeNull(source, node.right) || (node.operator !== '??' && mayBeNull(source, node.left));
    case 'Identifier':
      return findVariable(source, node)?.defs.some(isNullByDefault) ?? false;
    default:
      return false;
  }
}

/** `x = null` of a parameter or a variable, `x: number | null`. */
function isNullByDefault({ name, node }: { readonly name: TSESTree.Node; readonly node: TSESTree.Node }): boolean {
  const type = name.type === 'Identifier' ? name.typeAnnotation?.typeAnnotation : undefined;
  const initial =
    node.type === 'VariableDeclarator'
      ? node.init
      : name.parent?.type === 'AssignmentPattern'
        ? name.parent.right
        : null;
  return (
    (type?.type === 'TSUnionType' && type.types.some((each) => each.type === 'TSNullKeyword')) ||
    (initial?.type === 'Literal' && initial.value === null)
  );
}

/** The `n` of `AbortSignal.timeout(n)`. The helper accepts no limit of zero. */
function findTimeout(source: ParsedSource, value: TSESTree.Node): TSESTree.Node | null {
  if (value.type !== 'CallExpression' || value.callee.type !== 'MemberExpression' || value.arguments.length !== 1)
    return null;
  const { object } = value.callee;
  const isGlobal = object.type === 'Identifier' && object.name === 'AbortSignal' && !findVariable(source, object);
  const [limit] = value.arguments;
  if (!isGlobal || findPropertyName(value.callee) !== 'timeout' || limit!.type === 'SpreadElement') return null;
  return limit!.type === 'Literal' && limit!.value === 0 ? null : limit!;
}

/** The signal of a controller that the request keeps: the helper stops at the same abort. */
export function findControllerSignal(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  place: OptionPath,
): HelperOption[] {
  if (findOption(source, call, place).kind === 'absent') return [];
  let value: TSESTree.Node | undefined = call.arguments[place.argument];
  let names = place.path;
  while (value && names.length > 0) {
    const object = unwrap(value);
    const { properties }: { readonly properties: readonly TSESTree.ObjectLiteralElement[] } =
      object.type === 'ObjectExpression' ? object : { properties: [] };
    const property = properties.find((each) => each.type === 'Property' && findPropertyName(each) === names[0]);
    if (property?.type !== 'Property') {
      value =
        object.type === 'ObjectExpression'
          ? properties.findLast((each) => each.type === 'SpreadElement')?.argument
          : value;
      break;
    }
    value = property.value;
    names = names.slice(1);
  }
  if (!value || !isName(unwrap(value))) return [];
  const defs = names.length === 0 ? (findVariable(source, unwrap(value))?.defs ?? []) : [];
  const isMade =
    defs.length > 0 &&
    defs.every(({ node }) => node.type === 'VariableDeclarator' && node.init?.type === 'NewExpression');
  return [
    {
      name: 'signal',
      value: [source.text.slice(...unwrap(value).range), ...names, 'signal'].join(isMade ? '.' : '?.'),
    },
  ];
}
