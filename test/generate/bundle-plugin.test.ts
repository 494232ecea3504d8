import { describe, expect, it } from 'vitest';
import { withoutSamples } from '../../generate/bundle-plugin.ts';

describe('a module of the bundle', () => {
  it('is without the properties that hold samples, wherever they stand, and otherwise as it was', () => {
    expect(
      withoutSamples(
        'a.ts',
        `export const a = { name: 'é', examples: { correct: [{ code: \`for\` }] }, list: [{ example: \`x\`, b: 1 }, { c, example }] };
`,
      ),
    ).toBe(`export const a = { name: 'é',  list: [{  b: 1 }, { c,  }] };\n`);
  });

  it('keeps types, patterns and members of that name', () => {
    const text = `interface A { readonly example: string }
const { example } = a as A;
use(a.example, b['examples']);
`;
    expect(withoutSamples('a.ts', text)).toBe(text);
  });
});
