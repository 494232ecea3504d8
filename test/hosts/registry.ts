import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PACKAGES, type Tarballs } from './setup.ts';

/** A registry on this machine that has our packages, and sends npm to its own registry for all others. */
export interface Registry {
  readonly url: string;
  close(): void;
}

export async function startRegistry(tarballs: Tarballs): Promise<Registry> {
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/$/, '');
  const files = new Map<string, string>(
    Object.entries(PACKAGES).map(([key, { name }]) => [name, tarballs[key as keyof Tarballs]]),
  );
  const server = createServer(({ url = '/' }, response) => {
    const file = files.get(url.slice(1).replace(/\.tgz$/, ''));
    if (file === undefined) return response.writeHead(302, { location: upstream + url }).end();
    if (url.endsWith('.tgz')) return response.end(readFileSync(file));
    return response.end(JSON.stringify(describePackage(file, urlOf())));
  });
  const urlOf = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: urlOf(), close: () => void server.close() };
}

/** What a registry says of a package with one version. */
function describePackage(file: string, url: string): object {
  const text = execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' });
  const manifest = JSON.parse(text) as { readonly name: string; readonly version: string };
  const { name, version } = manifest;
  const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  const dist = { tarball: `${url}/${name}.tgz`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
