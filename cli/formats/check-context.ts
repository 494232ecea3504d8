import type { CheckReport } from '../reports/json-shapes.ts';
import type { Colors } from '../terminal/terminal.ts';

/** What a format may need besides the report. */
export interface CheckContext {
  readonly colors: Colors;
  /** The folder that the report's paths start at. */
  readonly cwd: string;
  /** The folder that paths for machines start at. */
  readonly root: string;
  /** The paths on the command line, as the user wrote them. */
  readonly paths: readonly string[];
  /** The command could not do all of its work. */
  readonly failed: boolean;
}

export type PrintCheck = (report: CheckReport, context: CheckContext) => string;

/** The names are here so that `--help` does not load the formats. */
export const CHECK_FORMATS = ['pretty', 'json', 'sarif', 'github', 'markdown'] as const;

export type CheckFormat = (typeof CHECK_FORMATS)[number];
