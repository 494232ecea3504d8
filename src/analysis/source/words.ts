import type { TSESTree } from '@typescript-eslint/utils';
import type { ParsedSource } from './parsed-source.ts';
import { findPropertyName, unwrap } from './tree.ts';

/**
 * What a name says about the function behind it, where the function itself is out of sight. Every part of the code asks
 * here, so that two rules never disagree about the same call.
 */

// ── Loggers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Objects whose methods write to a log: `logger`, `_log`, `requestLogger`, `app_logger`, `logService`. */
const LOGGER =
  /^(?:console|debug|pino|winston|bunyan|log4js|loglevel|consola|signale)$|^[_$#]*log(?:s|ger|ging)?$|(?:^|_)(?:LOG|LOGGER|log|logger)$|(?:Log|Logger)$|^[_$#]*(?:log|logger|logging)Service$|LogService$/;
/** Methods by which loggers write. */
export const LOG_METHODS: readonly string[] = ['debug', 'error', 'fatal', 'info', 'log', 'trace', 'verbose', 'warn'];
/** Functions that write to a log: `log`, `debug`, `warnOnce`, `logError`; to `logIn` a person is another thing. */
const LOG_FUNCTION = /^(?:info|(?:log(?!In\b|Out\b|Off\b)|debug|warn|trace)(?:[A-Z]\w*)?)$/;

/**
 * Whether a callee writes to a log: `console.error`, `this.logger.warn`, `pino.warn`, `logger.child({ id }).warn`,
 * `logError`. A list that is only called one is none: `log.push`.
 */
export function isLogger(callee: TSESTree.Node): boolean {
  if (callee.type === 'Identifier') return LOG_FUNCTION.test(callee.name) || LOGGER.test(callee.name);
  // `debug('app')('…')`
  if (callee.type === 'CallExpression') return hasLoggerName(callee);
  if (callee.type !== 'MemberExpression') return false;
  const [owner, method] = [unwrap(callee.object), findPropertyName(callee) ?? ''];
  if (isAddition(method) || isListChange(method)) return false;
  if (owner.type === 'ThisExpression') return LOG_FUNCTION.test(method) || LOGGER.test(method);
  const isStderr = owner.type === 'MemberExpression' && findPropertyName(owner) === 'stderr' && method === 'write';
  return isStderr || hasLoggerName(owner);
}

/** A call that writes to a log. */
export const isLogCall = (node: TSESTree.Node): boolean =>
  node.type === 'CallExpression' && isLogger(unwrap(node.callee));

/** `logger`, `app.logger`, `getLogger('app')`, `logger.child({ id })` */
function hasLoggerName(node: TSESTree.Node): boolean {
  if (node.type !== 'CallExpression') return LOGGER.test(nameOf(node) ?? '');
  const callee = unwrap(node.callee);
  return hasLoggerName(callee) || (callee.type === 'MemberExpression' && hasLoggerName(unwrap(callee.object)));
}

/** The last name of what is called or read: `warn` of `this.logger.warn`, `getLogger` of `getLogger('app')`. */
export function nameOf(node: TSESTree.Node): string | null {
  if (node.type === 'CallExpression') return nameOf(unwrap(node.callee));
  if (node.type === 'MemberExpression') return findPropertyName(node);
  return node.type === 'Identifier' ? node.name : null;
}

// ── Waits ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An `await` in the text is no name. */
const WAIT = /sleep|delay|(?<!\ba)wait|pause|back-?off|setTimeout|throttle|cool-?down|limiter|retry-?after/i;

/** Whether code is named for a wait: `sleep`, `this.limiter.schedule`, `setTimeout`, the list `RETRY_DELAYS`. */
export const isWaitName = (code: string): boolean => WAIT.test(code);

/** A call of something that is named for a wait. */
export const isWait = ({ text }: ParsedSource, { callee }: TSESTree.CallExpression): boolean =>
  isWaitName(text.slice(...callee.range));

// ── Changes of a list, a set or a map ───────────────────────────────────────────────────────────────────────────────

/** Methods of an array that put an element into it. */
const LIST_ADDITIONS: ReadonlySet<string> = new Set(['push', 'unshift', 'splice']);
/** Methods of an array that change it. */
const LIST_CHANGES: ReadonlySet<string> = new Set([
  ...LIST_ADDITIONS,
  'pop',
  'shift',
  'reverse',
  'sort',
  'fill',
  'copyWithin',
]);
/** Methods that put something into what they are called on: an array, a set, a map, a form, an element of a page. */
const ADDITIONS: ReadonlySet<string> = new Set([...LIST_ADDITIONS, 'add', 'set', 'append', 'prepend']);
/** Methods that change what they are called on. What is enqueued in a stream is sent, and not only put there. */
const CHANGES: ReadonlySet<string> = new Set([...LIST_CHANGES, ...ADDITIONS, 'delete', 'clear', 'enqueue', 'dequeue']);
/** To set a key or to delete it again, or to sort again, leaves what the first time left. */
const SAME_AGAIN: ReadonlySet<string> = new Set(['set', 'add', 'delete', 'clear', 'sort', 'fill']);

/** `push`: puts an element into an array. */
export const isListAddition = (method: string | null): boolean => method !== null && LIST_ADDITIONS.has(method);

/** `push`, `sort`: changes the array that it is called on. */
export const isListChange = (method: string | null): boolean => method !== null && LIST_CHANGES.has(method);

/** `push`, `add`, `append`: puts something into what it is called on. */
export const isAddition = (method: string | null): boolean => method !== null && ADDITIONS.has(method);

/** `push`, `pop`, `set`, `delete`: changes what it is called on. */
export const isChange = (method: string | null): boolean => method !== null && CHANGES.has(method);

/** `push`, `shift`: a second call changes what the first one left. */
export const isRepeatedChange = (method: string | null): boolean => isChange(method) && !SAME_AGAIN.has(method!);

// ── Tidying up ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Functions that put things in order and report nothing: `clearTimeout`, `close`, `releaseLock`. */
const TIDIES_UP =
  /^(?:clear(?:Timeout|Interval|Immediate)|remove(?:Event)?Listener|removeAllListeners|off|release(?:Lock)?|abort|cancel|close|end|destroy|dispose|return|unref|stop)$/;
/** `stopSpinner()`, `closeConnection()`; `closeWithError()` reports something. */
const TIDIES_THING = /^(?:abort|cancel|close|destroy|dispose|release|stop)[A-Z](?!\w*(?:Error|Fail|Message))\w*$/;

/** Whether a call only puts things in order, and tells nobody of an error: `clearTimeout(timer)`, `stopSpinner()`. */
export function isTidyingUp({ callee, arguments: given }: TSESTree.CallExpression): boolean {
  const name = nameOf(unwrap(callee)) ?? '';
  return TIDIES_UP.test(name) || (TIDIES_THING.test(name) && given.length === 0);
}

// ── All of these ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether a call is a log line, a wait or tidying up: it decides nothing, and no user sees it. */
export const isRoutine = (source: ParsedSource, call: TSESTree.CallExpression): boolean =>
  isLogCall(call) || isWait(source, call) || isTidyingUp(call);
