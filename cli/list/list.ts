import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import { examineFiles, type Knowledge } from '../examine/examine-files.ts';
import { type FileSelection, inOrder, listExamined, selectFiles } from '../examine/select-files.ts';
import type { CompletionState, ListedStream, ListReport, TimeoutState } from '../reports/json-shapes.ts';
import type { Run } from '../terminal/command.ts';

export interface ListOptions extends FileSelection, Knowledge {
  /** Ids; empty: all. */
  readonly providers: readonly string[];
}

/** Lists every stream loop and what protects it. */
export async function list(run: Run<ListOptions>): Promise<ListReport> {
  const {
    options: { providers },
    faults,
  } = run;
  const files = await selectFiles(run);
  const found: { path: string; stream: ListedStream }[] = [];
  for await (const { source, parsed, hints } of examineFiles(files, run)) {
    const streams = findStreamLoops(parsed, hints).map((loop) => describeStream(source.name, loop));
    found.push(
      ...streams
        .filter(({ provider }) => providers.length === 0 || providers.includes(provider))
        .map((stream) => ({ path: source.path, stream })),
    );
  }
  const streams = inOrder(files, found, ({ path }) => path).map(({ stream }) => stream);
  return {
    version: 1,
    streams,
    leftOut: faults.leftOut,
    summary: {
      streams: streams.length,
      files: new Set(streams.map(({ file }) => file)).size,
      resilient: streams.filter(({ resilient }) => resilient).length,
      examined: listExamined(files, run).length,
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
    form: loop.form,
    evidence,
    handled: loop.errorGoesTo,
    timeout: loop.resilient ? 'by-helper' : describeTimeout(loop),
    completion: describeCompletion(loop),
    resilient: loop.resilient,
  };
}

/** From the strongest to the weakest. */
const TIMEOUTS = ['idle', 'total', 'unknown', 'headers', 'cancellation', 'nothing'] as const;

/** The strongest of the limits that end a stalled stream. */
function describeTimeout({ origin, limits: { signal, requestTimeout, idleTimeout } }: StreamLoop): TimeoutState {
  const bounds = [signal, requestTimeout, idleTimeout].map((limit) => limit?.bounds);
  return TIMEOUTS.find((bound) => bounds.includes(bound)) ?? (origin.call ? null : 'unknown');
}

function describeCompletion({
  provenByHelper,
  origin: { api },
  endChecks,
  chunksOutOfSight,
  yieldedChunks,
  endSign,
}: StreamLoop): CompletionState {
  if (provenByHelper) return 'by-helper';
  if (endChecks.length > 0) return 'checked';
  if (api.onCleanEnd === 'throws') return 'by-sdk';
  return chunksOutOfSight.length + yieldedChunks.length > 0 || !endSign ? 'unknown' : 'unchecked';
}
