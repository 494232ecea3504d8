import type { Codemod } from './contract/codemod.ts';
import type { Transform } from './contract/transform.ts';

/**
 * A codemod as a jscodeshift transform. Gives undefined where nothing changes; what is left to a person, and files that
 * do not parse or whose proof fails, go to `api.report`.
 *
 * Calls are marked as pure, so that the plugin's bundle leaves out the transforms, and with them jscodeshift and the
 * parser.
 */
export function createTransform(codemod: Codemod): Transform {
  return async ({ path, source }, api, options = {}) => {
    // Loaded late: a caller that has parsed the file takes the codemod from the same module, and needs neither parser.
    const { rewriteText } = await import('./rewrite.ts');
    const helper = typeof options.helper === 'string' ? options.helper : undefined;
    const { text, rewrites, skipped, failed } = rewriteText(path, source, [codemod], {
      ...(helper !== undefined && { helper }),
      ...(options.timeouts === 'limit' && { timeouts: options.timeouts }),
      widenTypes: options.widenTypes === true || options.widenTypes === 'true',
    });
    for (const { line, reason } of skipped) api.report?.(`${line}: ${reason}`);
    if (failed !== null) api.report?.(failed);
    if (rewrites.length > 0) api.stats?.('rewritten', rewrites.length);
    if (skipped.length > 0) api.stats?.('left to a person', skipped.length);
    if (failed !== null) api.stats?.('failed');
    return text === source ? undefined : text;
  };
}
