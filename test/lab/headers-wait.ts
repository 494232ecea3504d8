import { setTimeout } from 'node:timers/promises';
import type { StreamApi } from '../../src/providers/provider.ts';
import { openRaw, type EntryPoint, type Untyped } from './sdk.ts';
import { startFaultServer } from './server.ts';

/** Longer than any call of the lab takes whose headers are there. */
const WATCH_MS = 600;

/** What the call waits for, where the server sends its headers at once and never a chunk. */
export async function findHeadersWait(
  entry: EntryPoint,
  modules: readonly Untyped[],
): Promise<StreamApi['headersWait']> {
  const server = await startFaultServer({
    plan: [{ fault: 'stall-head' }],
    dialect: entry.dialect,
    http2: entry.http2 ?? false,
  });
  const opened = openRaw(entry, modules, server.url).then(
    () => 'headers' as const,
    () => 'headers' as const,
  );
  const found = await Promise.race([opened, setTimeout(WATCH_MS, 'first-token' as const)]);
  await server.close();
  return found;
}
