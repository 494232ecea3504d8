import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from '../../src/analysis/source/parsed-source.ts';
import { hasNode } from '../../src/analysis/source/tree.ts';
import { type CodemodOptions, HELPER, RESTART, type Rewrite } from '../contract/codemod.ts';
import { insertAt, type TextEdit } from '../contract/edits.ts';
import { printProperty } from '../options/literals.ts';
import type { HelperOption, Placement } from '../options/placement.ts';
import { findLocalName } from '../text/imports.ts';
import { isTypeScript } from '../text/language.ts';
import { braced, findIndentation, findStyle } from '../text/style.ts';
import type { ResponseUse } from '../uses/stream-uses.ts';
import type { MovedPick } from './stream-pick.ts';

/** The edits of a wrapped request, without those of the imports. */
export type Wrapping = Pick<Rewrite, 'edits' | 'deferred' | 'imports'>;

interface Parts {
  /** The variable for the attempt's signal; null where the API takes no signal. */
  readonly signal: string | null;
  readonly placement: Placement;
  readonly pick: MovedPick;
  readonly response: ResponseUse | null;
  /** The body of the function that takes back the loop's output; null where the helper cannot restart. */
  readonly undo: string | null;
}

/** `call` becomes `resilientStream(({ signal }) => call, { … })`. */
export function printWrap(
  source: ParsedSource,
  call: TSESTree.CallExpression,
  { signal, placement, pick, response, undo }: Parts,
  options: CodemodOptions,
): Wrapping {
  const style = findStyle(source);
  const helper = findLocalName(source, HELPER, options);
  const restart = findLocalName(source, RESTART, options);
  const recover: HelperOption[] = undo === null ? [] : [{ name: 'recover', value: `${restart}(() => ${undo})` }];
  const parameter = signal === null ? '' : braced([printProperty('signal', signal)], style);
  const helperOptions = [...placement.moved, ...recover].map(({ name, value }) => printProperty(name, value));
  const tail = helperOptions.length === 0 ? '' : `, ${braced(helperOptions, style)}`;
  const stored = response?.property ? storeResponse(source, response.property, options) : null;
  // `=> {` would open a block.
  const [open, close] = pick.before === '' && !stored && source.text[call.range[0]] === '{' ? ['(', ')'] : ['', ''];
  const [before, behind] = stored ? [`(${braced([stored.property], style)} = await `, ')'] : [pick.before, pick.behind];
  const isAsync = pick.isAsync || stored !== null || hasAwait(source, call.callee);
  const head = `${helper}(${isAsync ? 'async ' : ''}(${parameter}) => ${open}${before}`;
  const request = (response?.call ?? call).range;
  const edits: TextEdit[] = [
    ...(stored ? [stored.declaration] : []),
    insertAt(call.range[0], head),
    ...placement.edits,
    insertAt(request[1], `${behind}${close}${tail})`),
    ...pick.edits,
  ];
  return { edits, deferred: [request], imports: undo === null ? [HELPER] : [HELPER, RESTART] };
}

const hasAwait = (source: ParsedSource, code: TSESTree.Node): boolean =>
  hasNode(code, source.visitorKeys, ({ type }) => type === 'AwaitExpression');

/** Declares a variable for the response in front of the request; each attempt stores its own response there. */
function storeResponse(
  source: ParsedSource,
  { key, value, parent, range }: TSESTree.Property,
  options: CodemodOptions,
): { readonly declaration: TextEdit; readonly property: string } {
  const { text } = source;
  const { newline, semicolon } = findStyle(source);
  const start = parent.parent.parent!.range[0];
  const name = text.slice(...value.range);
  const type = isTypeScript(source, options)
    ? `!: ${isBound(source, 'Response') ? 'globalThis.Response' : 'Response'}`
    : '';
  const declaration = insertAt(start, `let ${name}${type}${semicolon}${newline}${findIndentation(text, start)}`);
  return { declaration, property: key.range[0] === value.range[0] ? name : text.slice(...range) };
}

/** The file declares a variable or a type of that name. */
const isBound = ({ scopeManager }: ParsedSource, name: string): boolean =>
  scopeManager?.scopes.some(({ set }) => (set.get(name)?.defs.length ?? 0) > 0) === true;
