import { describeRefusal, type Fault } from './fault.ts';
import type { Consumer } from './consumer.ts';
import type { Progress, Protocol } from './protocols/protocol.ts';
import type { Preparation, Recovery } from './recovery.ts';
import { isRefusal } from './retryable.ts';
import type { StreamEvent } from './stream-event.ts';
import type { PartialAnswer } from './streaming-error.ts';

/** What recoveries know of their stream, and do to it. */
export interface Interrupted<Chunk> {
  readonly partial: PartialAnswer;
  readonly progress: Progress;
  readonly consumer: Consumer<Chunk>;
  readonly latest: { readonly protocol: Protocol | null } | null;
  readonly ended: boolean;
  committed: boolean;
  toolCalled: boolean;
  readonly tell: (type: StreamEvent['type'], more?: Partial<StreamEvent>) => void;
}

/** The recoveries of one stream: which are left, and which one the attempt is trying. */
export class Recovering {
  left: readonly Recovery[];
  /** Until its first chunk; and what it is to make good. */
  private trying: { readonly recovery: Recovery; readonly outcome: unknown } | null = null;

  constructor(recoveries: readonly Recovery[]) {
    this.left = recoveries;
  }

  /** The attempt brought a chunk: its recovery was not refused. */
  settle(): void {
    this.trying = null;
  }

  /** Makes the first recovery ready that can go on; `null` if none can. */
  async prepare<Chunk>(run: Interrupted<Chunk>, cause: unknown): Promise<Preparation | null> {
    const { progress, consumer, latest } = run;
    for (const recovery of this.left) {
      const preparation = await recovery.prepare({
        partial: run.partial, cursor: progress.cursor, protocol: latest!.protocol, beyondText: run.toolCalled || progress.blockOpen, cause,
      });
      if (run.ended) return null;
      if (!preparation) continue;
      run.tell('recover', { error: cause, recovery: recovery.name });
      if (preparation.takenBack) {
        consumer.text?.clear();
        consumer.delivered = 0;
        run.committed = run.toolCalled = false;
      }
      this.trying = { recovery, outcome: cause };
      return preparation;
    }
    return null;
  }

  /** If the provider does not take the request of the recovery: what is to be thrown, with the first error as its cause, if no other can go on. */
  findRefusal(reason: unknown): [fault: Fault, cause: unknown] | null {
    const { trying } = this;
    this.trying = null;
    if (!trying || !isRefusal(reason)) return null;
    const { recovery, outcome } = trying;
    this.left = this.left.filter((each) => each !== recovery);
    return [describeRefusal(outcome, recovery.name, reason), outcome];
  }
}
