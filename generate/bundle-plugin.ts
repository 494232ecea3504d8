import { readFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';
import { parseSync, Visitor } from 'oxc-parser';

/**
 * Writes the plugin as one file, `outfile`, since it is loaded wherever ESLint runs. What only tests, pages and the
 * codemods' own runs need is left out.
 */
export async function bundlePlugin(root: string, outfile: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['rules/plugin.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    plugins: [leaveOutSamples],
  });
}

/** The sample programs are a third of the text, and nothing but tests and generated pages reads them. */
const leaveOutSamples: Plugin = {
  name: 'leave out samples',
  setup(bundle) {
    // Where rules, codemods and providers are; nothing else has samples.
    bundle.onLoad({ filter: /[\\/](?:rules|codemods|src[\\/]providers)[\\/].+\.ts$/ }, async ({ path }) => ({
      contents: withoutSamples(path, await readFile(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

const SAMPLES = ['example', 'examples'];

/** The module without the properties of objects that hold sample programs. */
export function withoutSamples(path: string, text: string): string {
  const samples: { readonly start: number; readonly end: number }[] = [];
  new Visitor({
    ObjectExpression({ properties }) {
      for (const property of properties)
        if (property.type === 'Property' && property.key.type === 'Identifier' && SAMPLES.includes(property.key.name))
          samples.push(property);
    },
  }).visit(parseSync(path, text).program);
  return samples.reduceRight((kept, { start, end }) => {
    const comma = /^\s*,/.exec(kept.slice(end))?.[0].length ?? 0;
    return kept.slice(0, start) + kept.slice(end + comma);
  }, text);
}
