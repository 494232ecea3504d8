import type { Codemod } from './contract/codemod.ts';

/** What jscodeshift passes to a transform, as far as ours use it. */
export interface TransformApi {
  readonly report?: (message: string) => void;
  readonly stats?: (name: string, quantity?: number) => void;
}

export type Transform = (
  file: { readonly path: string; readonly source: string },
  api: TransformApi,
  options?: { readonly helper?: unknown; readonly timeouts?: unknown; readonly widenTypes?: unknown },
) => Promise<string | undefined>;

/**
 * A codemod as a jscodeshift transform. Gives undefined where nothing changes; what is left to a person, and files that
 * do not parse or whose proof fails, go to `api.report`.
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
