/** What an error says of itself. */
export interface Thrown {
  readonly type: string;
  readonly message: string;
  readonly code: string | null;
  readonly status: number | null;
  /** The code of its cause, or of the cause's cause. */
  readonly cause: string | null;
  /** A `StreamingError`'s record of what had been delivered. */
  readonly partialText: string | null;
  /** It is what the consumer itself threw, or the reason it aborted by. */
  readonly own: boolean;
}

/** How a loop came out. */
export interface Outcome {
  readonly end: 'ended' | 'threw' | 'hung';
  readonly text: string;
  readonly chunks: number;
  readonly error: Thrown | null;
  readonly requests: number;
  /** Of the first request, when the loop was over. */
  readonly connection: 'closed' | 'open' | 'none';
  readonly unhandled: readonly string[];
  /** Timers of the helper that were left when all was over. */
  readonly timers: number;
  /** Listeners left on the consumer's signal. */
  readonly listeners: number;
}

/** What one case gave, raw and through the helper. */
export interface Row {
  readonly case: string;
  readonly raw: Outcome;
  readonly helper: Outcome;
  /** The same with `restart`, where the helper owes an error without it. */
  readonly restarted: Outcome | null;
}

/** What a limit of the SDK bounded. */
export interface Bounded {
  readonly option: string;
  readonly bounds: 'headers' | 'idle' | 'total' | 'nothing';
}

/** A recorded answer, cut at every byte. */
export interface Cuts {
  readonly count: number;
  /** The first few that came out wrong. */
  readonly wrong: readonly string[];
}

/** Everything that was measured at one entry point. */
export interface Measurement {
  readonly sdk: string;
  readonly title: string;
  readonly entry: string;
  readonly versions: readonly string[];
  readonly rows: readonly Row[];
  readonly limits: readonly Bounded[];
  /**
   * How often it sends a request again that is refused with a status, if nothing is set; `null`: the catalog says
   * nothing of that.
   */
  readonly retried: Readonly<Record<string, number>> | null;
  /** A chunk told of the in-band error. */
  readonly errorShown: boolean;
  /** `null`: the entry point cannot be fed from memory. */
  readonly cuts: Cuts | null;
  /** What the call waits for, where the server sends its headers at once. */
  readonly headersWait: 'headers' | 'first-token';
  /** Checked against the chunks of a whole and of a cut answer; `null` where the catalog has no such entry. */
  readonly chunkClaims: {
    readonly text: string;
    /** The helper's protocol that knows their end. */
    readonly protocol: string | null;
    readonly terminalInWhole: boolean;
    readonly terminalInCut: boolean;
  } | null;
}
