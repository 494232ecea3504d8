import type { TSESTree } from '@typescript-eslint/utils';
import type { OptionPath } from '../../src/providers/provider.ts';
import type { TextEdit } from '../contract/edits.ts';

/** An option that a codemod sets in a request. */
export interface Setting {
  /** The option's place, from the catalog. */
  readonly place: OptionPath;
  /** The new value, as source text. */
  readonly value: string;
  /** The option of the helper that gets the old value. */
  readonly becomes: 'signal' | 'maxRetries';
}

/** An option of the helper, as source text. */
export interface HelperOption {
  readonly name: 'signal' | 'openTimeoutMs' | 'totalTimeoutMs' | 'maxRetries' | 'terminal' | 'recover';
  readonly value: string;
}

/** The edits that put settings into a request, and the values that they replaced. */
export interface Placement {
  readonly edits: readonly TextEdit[];
  /** The replaced values, as options of the helper. */
  readonly moved: readonly HelperOption[];
  /** The nodes that are no longer in the request. */
  readonly replaced: readonly TSESTree.Node[];
}

/** Why a codemod leaves a place unchanged: a sentence that also says what a person can do. */
export interface Obstacle {
  readonly obstacle: string;
}

export const isObstacle = (result: object): result is Obstacle => 'obstacle' in result;
