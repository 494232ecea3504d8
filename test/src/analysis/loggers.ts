/** Calls that write to a log, for the tests of everything that asks whether a call is a log line. */
export const LOGGERS: readonly string[] = [
  'pino.warn',
  'winston.warn',
  '_logger.warn',
  'logging.warn',
  'requestLogger.warn',
  'this.logger.warn',
  'console.warn',
  'debug',
];

/** Calls that only look so. */
export const FALSE_LOGGERS: readonly string[] = ['dialog.warn', 'catalog.warn', 'blog.debug', 'login.info'];
