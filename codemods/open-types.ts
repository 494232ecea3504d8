import type { TSESTree } from '@typescript-eslint/utils';

/** `x as unknown as T`: the cast asks nothing of `x`. */
export const isOpenCast = (value: TSESTree.Node): boolean =>
  value.type === 'TSAsExpression' &&
  (value.typeAnnotation.type === 'TSUnknownKeyword' || value.typeAnnotation.type === 'TSAnyKeyword');
