import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyEdits,
  findLineBefore,
  findOverlap,
  insertAt,
  type TextEdit,
  withoutRepetitions,
} from '../../../codemods/contract/edits.ts';

describe('edits', () => {
  it('are applied by their place in the original, whatever their order', () => {
    const edits: TextEdit[] = [{ range: [4, 5], text: 'E' }, insertAt(0, '>'), { range: [1, 3], text: '' }];
    expect(applyEdits('abcde', edits)).toBe('>adE');
  });

  it('at one place follow each other as given', () => {
    expect(applyEdits('ab', [insertAt(1, '1'), insertAt(1, '2')])).toBe('a12b');
  });

  it('count UTF-16 units', () => {
    expect(applyEdits('\uFEFF😀b', [insertAt(3, '|')])).toBe('\uFEFF😀|b');
  });

  it('that overlap are found, and refused', () => {
    const edits: TextEdit[] = [{ range: [0, 3], text: 'x' }, insertAt(2, 'y')];
    expect(findOverlap(edits)).toEqual(edits);
    expect(() => applyEdits('abcd', edits)).toThrow('Two edits overlap at offset 2.');
  });

  it('that end before they begin are refused', () => {
    expect(() => applyEdits('abcd', [{ range: [3, 1], text: '' }])).toThrow(
      'An edit begins at offset 3 and ends before it, at 1.',
    );
  });

  it('that touch do not overlap', () => {
    expect(findOverlap([{ range: [0, 2], text: '' }, insertAt(2, 'y'), { range: [2, 3], text: '' }])).toBeNull();
  });

  it('that say the same are one', () => {
    expect(withoutRepetitions([insertAt(1, 'a'), insertAt(1, 'a'), insertAt(1, 'b')])).toEqual([
      insertAt(1, 'a'),
      insertAt(1, 'b'),
    ]);
  });

  it('leave everything else byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string(), fc.string())), (pieces) => {
        let offset = 0;
        const edits = pieces.map(([kept, old, text]): TextEdit => {
          const start = offset + kept.length;
          offset = start + old.length;
          return { range: [start, offset], text };
        });
        const before = pieces.map(([kept, old]) => kept + old).join('');
        expect(applyEdits(before, edits)).toBe(pieces.map(([kept, , text]) => kept + text).join(''));
      }),
    );
  });
});

describe('the line before the edits', () => {
  const text = 'a\nb\nc\nd\n';
  const edits = [
    { range: [2, 2], text: 'new\nnewer\n' },
    { range: [4, 6], text: '' },
  ] as const;

  it('is found for each line after them', () => {
    expect(applyEdits(text, edits)).toBe('a\nnew\nnewer\nb\nd\n');
    expect([1, 2, 3, 4, 5].map((line) => findLineBefore(text, edits, line))).toEqual([1, 2, 2, 2, 4]);
  });

  it('is the same where nothing is edited', () => {
    expect([1, 2, 4].map((line) => findLineBefore(text, [], line))).toEqual([1, 2, 4]);
  });
});
