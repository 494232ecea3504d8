import type { CheckReport } from '../reports/json-shapes.ts';
import type { Colors } from '../terminal/terminal.ts';

/** What a format may need to know beside the report. */
export interface CheckContext {
  readonly colors: Colors;
  /** Where the files of the report are named from. */
  readonly cwd: string;
  /** Where machines name files from. */
  readonly root: string;
  /** The paths that were asked for, as they were given. */
  readonly paths: readonly string[];
  /** Something that was asked for could not be done. */
  readonly failed: boolean;
}

export type PrintCheck = (report: CheckReport, context: CheckContext) => string;

/** Named here, since the program is to know the names without loading what prints. */
export const CHECK_FORMATS = ['pretty', 'json', 'sarif', 'github', 'markdown'] as const;

export type CheckFormat = (typeof CHECK_FORMATS)[number];
