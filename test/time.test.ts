import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor, type CallExpression } from 'oxc-parser';
import { globSync } from 'tinyglobby';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The lab and the hosts run what nobody can script: other people's programs. */
const files = globSync('**/*.ts', { cwd: root, ignore: ['lab/**', 'hosts/**', '**/node_modules/**'] });

const nameOf = ({ callee }: CallExpression): string => {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return '';
  return `${callee.object.name}.${callee.property.name}`;
};

/** These poll until the real time is up. */
const POLLS = new Set(['vi.waitFor', 'vi.waitUntil', 'Atomics.wait']);
/** These are fine where the clock is scripted. */
const CLOCKS = new Set([
  'setTimeout',
  'setInterval',
  'AbortSignal.timeout',
  'performance.now',
  'Date.now',
  'process.hrtime',
]);
const SCRIPTS = new Set(['vi.useFakeTimers', 'vi.isFakeTimers', 'stopClock']);

function findWaits(file: string): string[] {
  const { module, program } = parseSync(file, readFileSync(root + file, 'utf8'));
  const calls = new Set<string>();
  new Visitor({ CallExpression: (call) => void calls.add(nameOf(call)) }).visit(program);
  const imports = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  const isScripted = [...SCRIPTS].some((name) => calls.has(name));
  return [
    ...imports.filter((name) => /^(?:node:)?timers(?:\/promises)?$/.test(name)),
    ...[...calls].filter((name) => POLLS.has(name) || (!isScripted && CLOCKS.has(name))),
  ].map((name) => `${file}: ${name}`);
}

it('no test waits for real time, or measures it; such a test belongs into the lab, or has a scripted clock', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(findWaits)).toEqual([]);
});
