import { describe, expect, it } from 'vitest';
import transform, { codemod } from '../../codemods/wrap-in-resilient-stream.ts';

interface Told {
  readonly result: string | undefined;
  readonly reports: readonly string[];
  readonly stats: Readonly<Record<string, number>>;
}

async function run(source: string, options?: { helper?: unknown }): Promise<Told> {
  const reports: string[] = [];
  const stats: Record<string, number> = {};
  const result = await transform(
    { path: 'file.ts', source },
    {
      report: (message) => reports.push(message),
      stats: (name, quantity = 1) => (stats[name] = (stats[name] ?? 0) + quantity),
    },
    options,
  );
  return { result, reports, stats };
}

const [example] = codemod.examples;

describe('the jscodeshift transform', () => {
  it('gives the rewritten text', async () => {
    expect(await run(example!.before)).toEqual({ result: example!.after, reports: [], stats: { rewritten: 1 } });
  });

  it('gives nothing where nothing changes', async () => {
    expect(await run(example!.after)).toEqual({ result: undefined, reports: [], stats: {} });
  });

  it('reports what is left, with its line', async () => {
    const source = `import OpenAI from 'openai';
const stream = new OpenAI().chat.completions.stream(params);
for await (const chunk of stream) show(chunk.choices[0].delta.content);
await stream.finalMessage();
`;
    expect(await run(source)).toEqual({
      result: undefined,
      reports: [
        "3: The stream's `finalMessage` is used, which the helper's stream does not have; do without it, then run this again.",
      ],
      stats: { 'left to a person': 1 },
    });
  });

  it('reports a file that does not parse, and throws nothing', async () => {
    const { result, reports, stats } = await run(`import OpenAI from 'openai';\nfor await (`);
    expect({ result, stats }).toEqual({ result: undefined, stats: { failed: 1 } });
    expect(reports).toEqual([expect.stringMatching(/^The file does not parse: /)]);
  });

  it('takes the helper’s module from its options', async () => {
    expect((await run(example!.before, { helper: '@acme/stream' })).result).toContain(`from '@acme/stream';`);
  });
});
