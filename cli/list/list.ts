import { findStreamLoops } from '../../src/analysis/find-stream-loops.ts';
import type { StreamLoop } from '../../src/analysis/facts/stream-loop.ts';
import type { FaultLog } from '../terminal/faults.ts';
import {
  examineFiles,
  type FileSelection,
  findExamined,
  inOrder,
  type Knowledge,
  selectFiles,
} from '../examine/source-files.ts';
import type { CompletionState, ListedStream, ListReport, TimeoutState } from '../reports/json-shapes.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ListOptions extends FileSelection, Knowledge {
  /** Ids; empty: all. */
  readonly providers: readonly string[];
}

/** The inventory of every stream loop and of what protects it. */
export async function list(options: ListOptions, terminal: Terminal, faults: FaultLog): Promise<ListReport> {
  const files = await selectFiles(options, terminal, faults);
  const found: { path: string; stream: ListedStream }[] = [];
  for await (const { source, parsed, hints } of examineFiles(files, options, terminal, faults)) {
    const listed = findStreamLoops(parsed, hints).map((loop) => ({
      path: source.path,
      stream: describeStream(source.name, loop),
    }));
    found.push(
      ...listed.filter(
        ({ stream: { provider } }) => options.providers.length === 0 || options.providers.includes(provider),
      ),
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
      examined: findExamined(files, terminal, faults).length,
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

function findCompletion({
  provenByHelper,
  origin: { api },
  completion,
  handedOn,
  passedOn,
  endSign,
}: StreamLoop): CompletionState {
  if (provenByHelper) return 'by-helper';
  if (completion.length > 0) return 'checked';
  if (api.onCleanEnd === 'throws') return 'by-sdk';
  return handedOn.length + passedOn.length > 0 || !endSign ? 'unknown' : 'unchecked';
}
