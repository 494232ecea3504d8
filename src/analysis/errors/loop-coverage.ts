import { type Coverage, followError, followRejection, handledBy, lost, toCaller } from './coverage.ts';
import { eventOf, describeUses } from '../loops/listened-loops.ts';
import type { LoopSite } from '../loops/loop-site.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { isInside } from '../source/tree.ts';

/** Where an error goes that breaks the stream while its chunks are read. */
export function describeLoopCoverage(source: ParsedSource, site: LoopSite): Coverage {
  if (site.form === 'events') return describeListenerCoverage(source, site);
  if (!site.pull) return followError(source, site.node);
  const coverage = followRejection(source, site.pull);
  if (site.form !== 'recursion' || (coverage.handler && isInside(coverage.handler.node, site.node))) return coverage;
  // A `pump()` whose promise is not returned breaks the chain: the `catch` after the first call sees errors of the
  // first chunk only.
  return (
    site.recursions
      .map((call) => followRejection(source, call))
      .find(({ errorGoesTo }) => errorGoesTo === 'to-nobody') ?? coverage
  );
}

/**
 * An `error` event without a listener ends the process. Where the program uses the promise of the end, that promise
 * rejects instead.
 */
function describeListenerCoverage(source: ParsedSource, site: LoopSite): Coverage {
  const listener = site.listeners.find((listener) => eventOf(listener) === 'error')?.call.arguments[1];
  if (listener) return handledBy('listener', listener);
  const { promises, isGivenAway } = describeUses(source, site);
  const coverages = promises.map((promise) => followRejection(source, promise));
  return coverages.find(({ handler }) => handler) ?? coverages[0] ?? (isGivenAway ? toCaller : lost);
}
