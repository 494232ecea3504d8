import type { TSESTree } from '@typescript-eslint/utils';
import type { Provider, StreamApi } from '../../providers/provider.ts';
import type { Step } from '../values/access-path.ts';
import { givesStream, isModule } from './api-members.ts';
import { bindingsOf, findVariable } from '../source/bindings.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findPropertyName, unwrap } from '../source/tree.ts';
import type { DeclaredName, TypeOracle, ValueType } from '../facts/type-oracle.ts';

export interface DeclaredApi {
  readonly provider: Provider;
  readonly api: StreamApi;
}

/** `result.value.textStream` is asked about as a whole, then as members of what stands before each dot. */
const MAX_HOLDERS = 4;

/**
 * The APIs whose stream the expression may be, by its type or by that of what it is a member of; of those that fit as
 * well, the catalog's first.
 */
export function findDeclaredApis(
  source: ParsedSource,
  iterated: TSESTree.Node,
  oracle: TypeOracle,
  providers: readonly Provider[],
): DeclaredApi[] {
  for (const { node, steps } of findHolders(source, iterated)) {
    const apis = providers.flatMap((provider) =>
      provider.apis.flatMap((api) => (api.types.length > 0 && givesStream(api, steps) ? [{ provider, api }] : [])),
    );
    // A holder's type matters only where some SDK's result has such a member.
    const types = apis.length > 0 || node === iterated ? oracle.findTypes(node) : null;
    const declared = (types ?? []).flatMap((type) =>
      node === iterated ? findByStream(type, providers) : findByResult(type, apis),
    );
    if (declared.length > 0) return declared;
  }
  return [];
}

interface Holder {
  readonly node: TSESTree.Node;
  readonly steps: readonly Step[];
}

/**
 * The expression itself, and whatever it is a member of: `result` for `result.textStream` and for `const { textStream }
 * = result`.
 */
function findHolders(source: ParsedSource, iterated: TSESTree.Node): Holder[] {
  const holders: Holder[] = [{ node: iterated, steps: [] }];
  let next: Holder | null = holders[0]!;
  while ((next = toHolder(source, next)) && holders.length < MAX_HOLDERS) if (next.steps.length > 0) holders.push(next);
  return holders;
}

function toHolder(source: ParsedSource, { node: given, steps }: Holder): Holder | null {
  const node = unwrap(given);
  if (node.type === 'AwaitExpression') return { node: node.argument, steps };
  if (node.type === 'MemberExpression') {
    const name = findPropertyName(node);
    return name === null ? null : { node: node.object, steps: [{ kind: 'member', name }, ...steps] };
  }
  if (node.type === 'CallExpression' && unwrap(node.callee).type === 'MemberExpression') {
    return toHolder(source, { node: node.callee, steps: [{ kind: 'call', node }, ...steps] });
  }
  if (node.type !== 'Identifier') return null;
  const variable = findVariable(source, node);
  const [binding, another] = variable ? bindingsOf(variable) : [];
  // A variable that is set once, and not to itself.
  if (!binding || another || binding.value.range[1] > node.range[0]) return null;
  return { node: binding.value, steps: [...binding.picks.map((name): Step => ({ kind: 'member', name })), ...steps] };
}

/** By class and chunks: `ChatCompletionStream` has the chunks of a raw stream, `AsyncIterableStream` may have any. */
function findByStream({ names, elements }: ValueType, providers: readonly Provider[]): DeclaredApi[] {
  const byBoth: DeclaredApi[] = [];
  const byName: DeclaredApi[] = [];
  const byElement: DeclaredApi[] = [];
  for (const provider of providers) {
    for (const api of provider.apis) {
      const isNamed = isDeclared(provider, api, names);
      const isElement = isDeclared(provider, api, elements);
      if (isNamed && isElement) byBoth.push({ provider, api });
      else if (isNamed) byName.push({ provider, api });
      else if (isElement) byElement.push({ provider, api });
    }
  }
  return [byBoth, byName, byElement].find(({ length }) => length > 0) ?? [];
}

const findByResult = ({ names }: ValueType, apis: readonly DeclaredApi[]): DeclaredApi[] =>
  apis.filter(({ provider, api }) => isDeclared(provider, api, names));

const isDeclared = (
  { modules, typeModules }: Provider,
  { types }: StreamApi,
  names: readonly DeclaredName[],
): boolean =>
  names.some(
    ({ module, name }) => types.includes(name) && [...modules, ...typeModules].some((known) => isModule(module, known)),
  );
