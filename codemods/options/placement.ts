import type { TSESTree } from '@typescript-eslint/utils';
import type { OptionPath } from '../../src/providers/provider.ts';
import type { TextEdit } from '../contract/edits.ts';

/**
 * An option that the request is to have, by the place that the catalog gives, and the option of the helper that takes
 * its old value.
 */
export interface Setting {
  readonly place: OptionPath;
  readonly value: string;
  readonly becomes: 'signal' | 'maxRetries';
}

/** An option of the helper, as source text. */
export interface HelperOption {
  readonly name:
    | 'signal'
    | 'openTimeoutMs'
    | 'totalTimeoutMs'
    | 'maxRetries'
    | 'backoff'
    | 'isRetryable'
    | 'onEvent'
    | 'terminal'
    | 'recover';
  readonly value: string;
}

/** The edits that put settings into a request, and what they replaced. */
export interface Placement {
  readonly edits: readonly TextEdit[];
  readonly moved: readonly HelperOption[];
  /** What `moved` was taken from and is no longer in the request. */
  readonly replaced: readonly TSESTree.Node[];
}

/** Why nothing can be done, as a sentence that says what a person can do. */
export interface Obstacle {
  readonly obstacle: string;
}

export const isObstacle = (result: object): result is Obstacle => 'obstacle' in result;
