import { findStreamLoops } from '../src/analysis/find-stream-loops.ts';
import type { StreamLoop } from '../src/analysis/stream-loop.ts';
import type { FaultLog } from './faults.ts';
import { countExamined, type FileSelection, parse, readSources, selectFiles } from './source-files.ts';
import type { CompletionState, ListedStream, ListReport, TimeoutState } from './shapes.ts';
import type { Terminal } from './terminal.ts';

export interface ListOptions extends FileSelection {
  /** Ids; empty: all. */
  readonly providers: readonly string[];
}

/** The inventory of every stream loop and of what protects it. */
export function list(options: ListOptions, terminal: Terminal, faults: FaultLog): ListReport {
  const files = selectFiles(options, terminal, faults);
  const streams: ListedStream[] = [];
  for (const source of readSources(files, terminal.cwd, options.maxFileSize, faults)) {
    const parsed = parse(source, faults);
    if (!parsed) continue;
    const listed = findStreamLoops(parsed).map((loop) => describeStream(source.name, loop));
    streams.push(...listed.filter(({ provider }) => options.providers.length === 0 || options.providers.includes(provider)));
  }
  return {
    version: 1,
    streams,
    leftOut: faults.leftOut,
    summary: {
      streams: streams.length,
      files: new Set(streams.map(({ file }) => file)).size,
      resilient: streams.filter(({ resilient }) => resilient).length,
      examined: countExamined(files, terminal, faults),
      leftOut: faults.leftOut.length,
    },
  };
}

function describeStream(file: string, loop: StreamLoop): ListedStream {
  const { start } = loop.node.loc;
  const { provider, api, evidence } = loop.origin;
  return {
    file,
    line: start.line,
    column: start.column + 1,
    provider: provider.id,
    api: api.name,
    evidence,
    handled: loop.escapes,
    timeout: loop.resilient ? 'by-helper' : findTimeout(loop),
    completion: findCompletion(loop),
    resilient: loop.resilient,
  };
}

/** From the strongest to the weakest. */
const TIMEOUTS = ['idle', 'total', 'unknown', 'headers', 'cancellation', 'nothing'] as const;

function findTimeout({ origin, limits: { signal, requestTimeout, idleTimeout } }: StreamLoop): TimeoutState {
  const bounds = [signal, requestTimeout, idleTimeout].map((limit) => limit?.bounds);
  return TIMEOUTS.find((bound) => bounds.includes(bound)) ?? (origin.call ? null : 'unknown');
}

function findCompletion({ resilient, origin: { api }, completion, handedOn }: StreamLoop): CompletionState {
  if (resilient) return 'by-helper';
  if (completion.length > 0) return 'checked';
  if (api.onCleanEnd === 'throws') return 'by-sdk';
  return handedOn.length > 0 || !api.terminal ? 'unknown' : 'unchecked';
}
