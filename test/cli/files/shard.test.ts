import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { CheckReport, ListReport, MigrateReport } from '../../../cli/reports/json-shapes.ts';
import { takeShard } from '../../../cli/files/shard.ts';
import { bareLoop, createProject, otherLoop } from '../project.ts';

const shards = (files: readonly string[], count: number, sizeOf: (file: string) => number): (readonly string[])[] =>
  Array.from({ length: count }, (_, index) => takeShard(files, { index: index + 1, count }, sizeOf));

describe('shards', () => {
  it('together are the whole, each file once, in its order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 })),
        fc.integer({ min: 1, max: 9 }),
        fc.func(fc.nat(10_000)),
        (files, count, sizeOf) => {
          const parts = shards(files, count, sizeOf);
          expect(parts.flat().sort()).toEqual([...files].sort());
          for (const part of parts) expect(part).toEqual(files.filter((file) => part.includes(file)));
        },
      ),
    );
  });

  it('differ by no more than the largest file', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(10_000), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (sizes, count) => {
          const files = sizes.map((_, index) => String(index));
          const loads = shards(files, count, (file) => sizes[Number(file)]!).map((part) =>
            part.reduce((sum, file) => sum + sizes[Number(file)]! + 1, 0),
          );
          expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(Math.max(...sizes) + 1);
        },
      ),
    );
  });
});

describe('--shard', () => {
  const files = Object.fromEntries(
    [...'abcdefg'].map((name, index) => [
      `${name}.ts`,
      (index % 3 === 2 ? otherLoop : bareLoop) + '//\n'.repeat(index * 10),
    ]),
  );

  it('gives each command a part of its work, and the parts are the whole', async () => {
    const project = createProject(files);
    const run = async <Report>(...argv: string[]): Promise<Report> =>
      JSON.parse((await project.run([...argv, '--format', 'json'])).stdout) as Report;
    const filesOf = {
      list: (r: ListReport) => r.streams,
      check: (r: CheckReport) => r.problems,
      migrate: (r: MigrateReport) => r.files,
    };
    for (const command of ['list', 'check', 'migrate'] as const) {
      const argv = command === 'migrate' ? [command, '--dry-run'] : [command];
      const read = filesOf[command] as (report: unknown) => readonly { file: string }[];
      const whole = read(await run(...argv));
      const parts = [
        read(await run(...argv, '--shard', '1/3')),
        read(await run(...argv, '--shard', '2/3')),
        read(await run(...argv, '--shard', '3/3')),
      ];
      for (const part of parts) expect(part.length).toBeGreaterThan(0);
      expect(parts.flat().sort((a, b) => a.file.localeCompare(b.file))).toEqual(whole);
    }
  });

  it('may be empty', async () => {
    expect(await createProject({ 'a.ts': bareLoop }).run(['list', '--shard', '2/2'])).toEqual({
      code: 0,
      stdout: 'No loop over an LLM stream found.\n',
      stderr: '',
    });
  });

  it.each(['0/2', '3/2', '1', 'a/b', '-1/2', '1/0', '1.5/2'])('is not %s', async (shard) => {
    const { code, stderr } = await createProject({}).run(['list', `--shard=${shard}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('It is i/n, such as 2/4');
  });
});
