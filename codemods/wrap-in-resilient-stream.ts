import type { TSESTree } from '@typescript-eslint/utils';
import { findStreamLoops } from '../src/analysis/find-stream-loops.ts';
import type { ParsedSource } from '../src/analysis/parsed-source.ts';
import type { StreamLoop, StreamOrigin } from '../src/analysis/stream-loop.ts';
import { ancestorsOf, findPropertyName, isFunction, isInside, visit } from '../src/analysis/tree.ts';
import type { StreamApi } from '../src/providers/provider.ts';
import type { Codemod, CodemodOptions, Rewrite, Skip } from './codemod.ts';
import { findDelayObstacle, findEvaluationObstacle } from './evaluation.ts';
import { findImportEdits, findLocalName } from './imports.ts';
import { type HelperOption, isObstacle, type Obstacle, type Placement, placeSettings, type Setting } from './options.ts';
import { findUndo } from './recovery.ts';
import { findStyle } from './style.ts';
import { insertAt, type TextEdit, withoutRepetitions } from './text-edit.ts';
import { createTransform } from './transform.ts';
import { findUses } from './uses.ts';

const HELPER = 'resilientStream';
const RESTART = 'restart';

export const codemod: Codemod = {
  name: 'wrap-in-resilient-stream',
  title: 'Wrap the request in `resilientStream`',
  description:
    'Wraps the SDK call that a stream loop reads in `resilientStream(…)`, hands it the signal of the attempt and switches off the retries of the SDK. The `await`, the variable and the loop stay where they are.',
  findRewrites(source, options) {
    const rewrites: Rewrite[] = [];
    const skipped: Skip[] = [];
    for (const loop of findStreamLoops(source)) {
      const result = rewriteLoop(source, loop, options);
      const line = loop.node.loc.start.line;
      if (result === null) continue;
      if (isObstacle(result)) skipped.push({ line, reason: result.obstacle });
      else rewrites.push({ line, codemod: codemod.name, loop, ...result });
    }
    return { rewrites, skipped };
  },
  examples: [
    {
      before: `import OpenAI from 'openai';

const client = new OpenAI();
const stream = await client.chat.completions.create({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
      after: `import OpenAI from 'openai';
import { resilientStream } from 'resilient-stream';

const client = new OpenAI();
const stream = await resilientStream(({ signal }) => client.chat.completions.create({
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
}, { signal, maxRetries: 0 }));
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`,
    },
    {
      before: `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();

export async function answer(params, controller) {
  let text = '';
  for await (const event of client.messages.stream(params, { signal: controller.signal })) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  }
  return text;
}
`,
      after: `import Anthropic from '@anthropic-ai/sdk';
import { resilientStream, restart } from 'resilient-stream';

const client = new Anthropic();

export async function answer(params, controller) {
  let text = '';
  for await (const event of resilientStream(({ signal }) => client.messages.stream(params, { signal, maxRetries: 0 }), { signal: controller.signal, recover: restart(() => { text = ''; }) })) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  }
  return text;
}
`,
    },
  ],
};

export default createTransform(codemod);

const elsewhere: Obstacle = { obstacle: 'The request is made elsewhere; wrap it there in `resilientStream`.' };
const untraced: Obstacle = { obstacle: 'The way of the stream from the request to this loop is out of sight; wrap the request by hand.' };
const optional: Obstacle = { obstacle: 'The request is skipped where `?.` finds nothing; test for that before the call, then run this again.' };

type Wrapping = Pick<Rewrite, 'edits' | 'imports'>;

/** Null where there is nothing to do. */
function rewriteLoop(source: ParsedSource, loop: StreamLoop, options: CodemodOptions): Wrapping | Obstacle | null {
  const origins = [loop.origin, ...loop.alternatives].filter((origin) => !isWrapped(source, origin, options));
  if (origins.length === 0) return null;
  const wrappings = origins.map((origin) => wrapCall(source, loop, origin, options));
  const obstacle = wrappings.find(isObstacle);
  if (obstacle) return obstacle;
  const parts = wrappings as readonly Wrapping[];
  const imports = [...new Set(parts.flatMap((part) => part.imports))];
  const edits = withoutRepetitions(parts.flatMap((part) => part.edits));
  return { imports, edits: [...findImportEdits(source, imports, options), ...edits] };
}

/** Already inside a callback of the helper, under whatever name the file has it. */
function isWrapped(source: ParsedSource, { call, wrapper }: StreamOrigin, options: CodemodOptions): boolean {
  if (wrapper || !call) return wrapper !== null;
  const names = [HELPER, findLocalName(source, HELPER, options)];
  return [...ancestorsOf(call)].some((outer) => {
    if (!isFunction(outer) || outer.parent.type !== 'CallExpression') return false;
    const { callee } = outer.parent;
    return callee.type === 'MemberExpression' ? findPropertyName(callee) === HELPER : callee.type === 'Identifier' && names.includes(callee.name);
  });
}

function wrapCall(source: ParsedSource, loop: StreamLoop, { api, call }: StreamOrigin, options: CodemodOptions): Wrapping | Obstacle {
  if (!call) return elsewhere;
  if (isOptional(call)) return optional;
  const uses = findUses(source, call, api);
  const [obstacle] = uses.obstacles;
  if (obstacle !== undefined) return { obstacle };
  if (!uses.loops.includes(loop.node)) return untraced;
  for (const opening of uses.openedLater) {
    const delay = findDelayObstacle(source, call, opening);
    if (delay !== null) return { obstacle: delay };
  }
  const signal = findSignalName(source, call, api);
  if (typeof signal !== 'string') return signal;
  const placement = placeSettings(source, call, findSettings(api, signal));
  if (isObstacle(placement)) return placement;
  const evaluation = findEvaluationObstacle(source, call, placement.replaced);
  if (evaluation !== null) return { obstacle: evaluation };
  // Loops that share a request do not share what is to be taken back.
  const undo = uses.loops.length === 1 ? findUndo(source, loop, call) : null;
  return print(source, call, { signal: api.signal ? signal : null, placement, undo }, options);
}

/** `client?.chat.completions.create(…)`. */
function isOptional(call: TSESTree.CallExpression): boolean {
  for (let node: TSESTree.Node = call; ; ) {
    if (node.type === 'CallExpression' && !node.optional) node = node.callee;
    else if (node.type === 'MemberExpression' && !node.optional) node = node.object;
    else if (node.type === 'TSNonNullExpression') node = node.expression;
    else return node.type === 'CallExpression' || node.type === 'MemberExpression';
  }
}

function findSettings(api: StreamApi, signal: string): Setting[] {
  const settings: Setting[] = [];
  if (api.signal) settings.push({ place: api.signal, value: signal, becomes: 'signal' });
  if (api.retries) settings.push({ place: api.retries, value: '0', becomes: 'maxRetries' });
  return settings;
}

/** A name for the attempt's signal that nothing in the request uses: `signal`, where what has that name there is moved out. */
function findSignalName(source: ParsedSource, call: TSESTree.CallExpression, api: StreamApi): string | Obstacle {
  const placement = placeSettings(source, call, findSettings(api, 'signal'));
  if (isObstacle(placement)) return placement;
  const taken = findUsedNames(source, call, placement);
  if (!taken.has('signal')) return 'signal';
  for (let name = 'attemptSignal', count = 2; ; name = `attemptSignal${count++}`) if (!taken.has(name)) return name;
}

function findUsedNames(source: ParsedSource, call: TSESTree.CallExpression, { replaced }: Placement): ReadonlySet<string> {
  const names = new Set<string>();
  visit(call, source.visitorKeys, (node) => {
    if (replaced.some((gone) => isInside(node, gone))) return false;
    if (node.type === 'Identifier' && !isLabel(node)) names.add(node.name);
    return true;
  });
  return names;
}

/** The name of a member or a property, and of no variable. */
function isLabel(node: TSESTree.Identifier): boolean {
  const { parent } = node;
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed;
  return parent.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand;
}

interface Parts {
  readonly signal: string | null;
  readonly placement: Placement;
  readonly undo: string | null;
}

function print(source: ParsedSource, call: TSESTree.CallExpression, { signal, placement, undo }: Parts, options: CodemodOptions): Wrapping {
  const { padding } = findStyle(source);
  const helper = findLocalName(source, HELPER, options);
  const restart = findLocalName(source, RESTART, options);
  const recover: HelperOption[] = undo === null ? [] : [{ name: 'recover', value: `${restart}(() => ${undo})` }];
  const parameter = signal === null ? '' : `{${padding}${signal === 'signal' ? signal : `signal: ${signal}`}${padding}}`;
  const helperOptions = [...placement.moved, ...recover].map(({ name, value }) => (name === value ? name : `${name}: ${value}`));
  const tail = helperOptions.length === 0 ? '' : `, {${padding}${helperOptions.join(', ')}${padding}}`;
  const edits: TextEdit[] = [insertAt(call.range[0], `${helper}((${parameter}) => `), ...placement.edits, insertAt(call.range[1], `${tail})`)];
  return { edits, imports: undo === null ? [HELPER] : [HELPER, RESTART] };
}
