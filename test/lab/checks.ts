import { isDeepStrictEqual } from 'node:util';
import { catalog } from '../../src/providers/catalog.ts';
import { findClaimed } from './claimed.ts';
import { findClaims } from './claims.ts';
import type { Measurement } from './outcome.ts';
import { generation, type EntryPoint, type Place } from './sdk.ts';
import { findCase, findWrongs } from './verdict.ts';

/** Something that must be so: what was found, and what the catalog or the helper promises. */
export interface Check {
  readonly title: string;
  readonly found: unknown;
  readonly promised: unknown;
}

const FIELDS = ['onCleanEnd', 'onAbort', 'inBandError', 'closesOnBreak'] as const;

const printPlace = (option: Place): string => ('client' in option ? `client ${option.client}` : option.path.join('.'));

/** What the catalog says of the entry point, field by field. */
function listClaims(entry: EntryPoint, measurement: Measurement): Check[] {
  const api = entry.proves && findClaimed(catalog, entry.proves);
  if (!api) return [];
  const claims = findClaims(measurement);
  const previously = generation === 'previous' ? (entry.previously ?? {}) : {};
  const provable = FIELDS.filter((field) => field !== 'onAbort' || entry.signal !== null);
  const bounds = new Map(measurement.limits.map(({ option, bounds: each }) => [option, each]));
  const { text, protocol, terminalInWhole, terminalInCut } = measurement.chunkClaims!;
  return [
    ...provable.map((field) => ({
      title: `${field}, as the catalog says`,
      found: claims[field],
      promised: previously[field] ?? { ...api, ...entry.otherwise }[field],
    })),
    { title: 'takes the signal where `signal` of the catalog says', found: entry.signal, promised: api.signal },
    {
      title: 'waits for what `headersWait` of the catalog says, in so far as the SDK decides that',
      found: measurement.headersWait,
      promised: entry.isHeldByHost ? 'headers' : api.headersWait,
    },
    // What the program parses is its own.
    ...(api.reach === 'request'
      ? []
      : [
          {
            title: 'has its end known by `protocol` of the catalog, and by no other',
            found: protocol,
            promised: api.protocol,
          },
        ]),
    ...api.timeouts.map(({ option, bounds: each }) => {
      const place = printPlace(option);
      return {
        title: `\`${place}\` bounds what \`timeouts\` of the catalog says`,
        found: bounds.get(place),
        promised: previously.timeouts?.[place] ?? each,
      };
    }),
    ...(measurement.retried
      ? [
          {
            title: 'sends what is refused again as often as `ownRetries` of the catalog says',
            found: measurement.retried,
            promised: Object.fromEntries(
              Object.keys(measurement.retried).map((status) => [
                status,
                entry.retries?.never?.includes(Number(status)) ? 0 : (api.ownRetries?.times ?? 0),
              ]),
            ),
          },
        ]
      : []),
    // Where each chunk holds all there is so far, none holds a delta.
    ...(api.text && !entry.cumulative
      ? [
          {
            title: 'has its text at `text` of the catalog, where `textWhen` holds',
            found: entry.helper?.findPartial?.(text) ?? text,
            promised: 'Hello world foo bar.',
          },
        ]
      : []),
    ...(api.terminal
      ? [
          {
            title: 'says at `terminal` of the catalog that an answer is whole, and of a cut one it does not',
            found: { terminalInWhole, terminalInCut },
            promised: { terminalInWhole: true, terminalInCut: false },
          },
        ]
      : []),
  ];
}

/** All that a measurement must show. */
export function listChecks(entry: EntryPoint, measurement: Measurement): Check[] {
  const { rows, cuts } = measurement;
  const leaveOut = (id: string, wrong: readonly string[]): string[] => {
    const hopeless = entry.beyondHelp?.find(({ cases }) => cases.includes(id));
    return wrong.filter((each) => !hopeless?.wrong.test(each));
  };
  return [
    ...listClaims(entry, measurement),
    // An agent makes several.
    ...(entry.retries && !entry.runsTools
      ? [
          {
            title: 'makes one request when its retries are off',
            found: rows.filter(({ raw }) => raw.requests > 1).map((row) => row.case),
            promised: [],
          },
        ]
      : []),
    ...(cuts
      ? [
          {
            title: 'tells the whole text from a cut one, at whichever byte it ends or is reset',
            found: leaveOut('cuts', cuts.wrong),
            promised: [],
          },
        ]
      : []),
    ...rows.map((row) => ({
      title: `keeps the helper's promises: ${findCase(row.case).title}`,
      found: leaveOut(row.case, findWrongs(row)),
      promised: [],
    })),
  ];
}

export const isKept = ({ found, promised }: Check): boolean => isDeepStrictEqual(found, promised);
