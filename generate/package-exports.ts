/** What the command line's package exports: its codemods by name, and nothing else. */
export function printPackageExports(manifest: string, codemods: readonly string[]): string {
  const transforms = codemods.map((name) => [
    `./codemods/${name}.js`,
    { types: `./codemods/${name}.d.ts`, default: `./codemods/${name}.js` },
  ]);
  const exported = { ...(Object.fromEntries(transforms) as object), './package.json': './package.json' };
  return `${JSON.stringify({ ...(JSON.parse(manifest) as object), exports: exported }, null, 2)}\n`;
}
