import type { TSESTree } from '@typescript-eslint/utils';
import { describe, expect, it } from 'vitest';
import { parseSource } from '../../../../src/analysis/source/parse-source.ts';
import { unwrap } from '../../../../src/analysis/source/tree.ts';
import {
  isAddition,
  isChange,
  isListAddition,
  isListChange,
  isLogger,
  isRepeatedChange,
  isTidyingUp,
  isWaitName,
} from '../../../../src/analysis/source/words.ts';

function callIn(text: string): TSESTree.CallExpression {
  const [statement] = parseSource('words.ts', text).ast.body;
  return unwrap((statement as TSESTree.ExpressionStatement).expression) as TSESTree.CallExpression;
}

const writesToLog = (text: string): boolean => isLogger(unwrap(callIn(text).callee));

describe('a logger', () => {
  it.each([
    'console.warn(e)',
    'pino.warn(e)',
    'winston.warn(e)',
    '_logger.warn(e)',
    'logging.warn(e)',
    'requestLogger.warn(e)',
    'this.logger.warn(e)',
    'this.#logger.warn(e)',
    'this.log(e)',
    'app.log.error(e)',
    'app_logger.info(e)',
    'LOGGER.error(e)',
    'Logger.error(e)',
    'auditLog.write(e)',
    'logService.error(e)',
    'logger?.warn(e)',
    'logger!.warn(e)',
    'logger.child({ id }).warn(e)',
    `getLogger('app').warn(e)`,
    'process.stderr.write(e)',
    'debug(e)',
    `debug('app')(e)`,
    'log(e)',
    'logError(e)',
    'warnOnce(e)',
    'info(e)',
  ])('is called by %s', (text) => {
    expect(writesToLog(text)).toBe(true);
  });

  it.each([
    'dialog.warn(e)',
    'catalog.warn(e)',
    'blog.debug(e)',
    'login.info(e)',
    'analog.error(e)',
    'logIn(user)',
    'logOut(user)',
    'logout(user)',
    'logic.warn(e)',
    'Dialog.error(e)',
    'showDialog.info(e)',
    'toast.error(e)',
    'error(e)',
    'Math.log(e)',
    'this.error(e)',
    'log.push(e)',
    'changeLog.add(e)',
    'process.stdout.write(e)',
    'onError(e)',
  ])('is not called by %s', (text) => {
    expect(writesToLog(text)).toBe(false);
  });
});

describe('a wait', () => {
  it.each([
    'sleep',
    'delay',
    'timers.setTimeout',
    'waitFor',
    'this.limiter.schedule',
    'backoff',
    'exponential.backOff',
    'retryAfter',
    'RETRY_DELAYS',
  ])('is named by %s', (name) => {
    expect(isWaitName(name)).toBe(true);
  });

  it.each(['setInterval', '(await open()).send', 'models', 'timeout'])('is not named by %s', (name) => {
    expect(isWaitName(name)).toBe(false);
  });
});

describe('a method', () => {
  const kinds = (method: string): string[] =>
    Object.entries({ isChange, isRepeatedChange, isAddition, isListChange, isListAddition }).flatMap(([name, is]) =>
      is(method) ? [name] : [],
    );

  it.each([
    ['push', ['isChange', 'isRepeatedChange', 'isAddition', 'isListChange', 'isListAddition']],
    ['unshift', ['isChange', 'isRepeatedChange', 'isAddition', 'isListChange', 'isListAddition']],
    ['splice', ['isChange', 'isRepeatedChange', 'isAddition', 'isListChange', 'isListAddition']],
    ['pop', ['isChange', 'isRepeatedChange', 'isListChange']],
    ['shift', ['isChange', 'isRepeatedChange', 'isListChange']],
    ['reverse', ['isChange', 'isRepeatedChange', 'isListChange']],
    ['sort', ['isChange', 'isListChange']],
    ['append', ['isChange', 'isRepeatedChange', 'isAddition']],
    ['enqueue', ['isChange', 'isRepeatedChange']],
    ['add', ['isChange', 'isAddition']],
    ['set', ['isChange', 'isAddition']],
    ['dequeue', ['isChange', 'isRepeatedChange']],
    ['delete', ['isChange']],
    ['clear', ['isChange']],
    ['concat', []],
    ['slice', []],
    ['toSorted', []],
    ['at', []],
  ])('named `%s` changes what it is called on: %j', (method, expected) => {
    expect(kinds(method)).toEqual(expected);
  });

  it('without a known name changes nothing', () => {
    expect([isChange(null), isAddition(null), isListChange(null), isRepeatedChange(null)]).not.toContain(true);
  });
});

describe('tidying up', () => {
  it.each(['clearTimeout(timer)', 'controller.abort()', 'reader.releaseLock()', 'stopSpinner()', 'res.end()'])(
    'is done by %s',
    (text) => {
      expect(isTidyingUp(callIn(text))).toBe(true);
    },
  );

  it.each([`stopSpinner('Failed')`, 'closeWithError()', 'showToast()', 'clearMessages()', 'closest()'])(
    'is not done by %s',
    (text) => {
      expect(isTidyingUp(callIn(text))).toBe(false);
    },
  );
});
