import { indexOf } from '../source/file-index.ts';
import { FileMemory } from '../source/file-memory.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { findListenedLoops } from './listened-loops.ts';
import { type LoopSite, toLoopSite } from './loop-site.ts';
import { findPulledLoops } from './pulled-loops.ts';

const sitesOf = new FileMemory<readonly LoopSite[]>();

/** Every place of the file that reads chunk after chunk, of any stream, in the order of the text. */
export function findSites(source: ParsedSource): readonly LoopSite[] {
  const known = sitesOf.get(source.ast);
  if (known) return known;
  const sites = [
    ...indexOf(source).loops.map((node) => toLoopSite(source, node)),
    ...findPulledLoops(source),
    ...findListenedLoops(source),
  ];
  sites.sort((a, b) => a.node.range[0] - b.node.range[0]);
  sitesOf.set(source.ast, sites);
  return sites;
}
