import type { TSESTree } from '@typescript-eslint/utils';

/** Types that the helper's stream fits too. */
export function isOpenType(type: TSESTree.TypeNode): boolean {
  switch (type.type) {
    case 'TSAnyKeyword':
    case 'TSUnknownKeyword':
    case 'TSNullKeyword':
    case 'TSUndefinedKeyword':
      return true;
    case 'TSUnionType':
      return type.types.every(isOpenType);
    case 'TSTypeReference': {
      const name = type.typeName.type === 'Identifier' ? type.typeName.name : '';
      const [argument] = type.typeArguments?.params ?? [];
      return name === 'AsyncIterable' || ((name === 'Promise' || name === 'PromiseLike') && argument !== undefined && isOpenType(argument));
    }
    default:
      return false;
  }
}

/** `x as unknown as T`: the cast asks nothing of `x`. */
export const isOpenCast = (value: TSESTree.Node): boolean =>
  value.type === 'TSAsExpression' && (value.typeAnnotation.type === 'TSUnknownKeyword' || value.typeAnnotation.type === 'TSAnyKeyword');
