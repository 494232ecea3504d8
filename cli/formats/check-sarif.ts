import { pathToFileURL } from 'node:url';
import type { Log, PhysicalLocation, ReportingDescriptor, Result } from 'sarif';
import { rules as allRules } from '../../rules/all.ts';
import type { Rule } from '../../rules/rule.ts';
import { version } from '../../rules/version.ts';
import { urlOf } from '../../rules/page.ts';
import type { CheckProblem, CheckReport } from '../reports/json-shapes.ts';
import type { CheckContext } from './check-context.ts';
import { nameFromRoot } from './root-name.ts';

const ROOT = '%SRCROOT%';
/** The version increases when fingerprints are computed in another way. */
const FINGERPRINT = 'resilientStream/v1';

/**
 * SARIF 2.1.0, which code scanning and editors read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function printSarif({ problems, leftOut }: CheckReport, context: CheckContext): string {
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'resilient-stream',
            semanticVersion: version,
            informationUri: 'https://www.npmjs.com/package/resilient-stream-cli',
            rules: allRules.map(describeRule),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { uri: pathToFileURL(`${context.root}/`).href } },
        invocations: [
          {
            executionSuccessful: !context.failed,
            toolExecutionNotifications: leftOut.map(({ file, reason }) => ({
              level: 'warning',
              message: { text: `${file}: ${reason}.` },
              locations: [{ physicalLocation: { artifactLocation: locate(file, context) } }],
            })),
          },
        ],
        results: problems.map((problem) => describeProblem(problem, context)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** The log lists all rules, also those without a problem. */
const describeRule = ({ name, finds, preset, why }: Rule): ReportingDescriptor => ({
  id: name,
  shortDescription: { text: `Finds ${finds}.` },
  fullDescription: { text: `Finds ${finds}.` },
  help: { text: why, markdown: `${why}\n\n[More](${urlOf(name)})` },
  helpUri: urlOf(name),
  defaultConfiguration: { level: 'error', enabled: preset === 'recommended' },
  // GitHub sorts and filters by these.
  properties: { tags: ['reliability', 'llm', 'stream'], precision: 'high', 'problem.severity': 'error' },
});

function describeProblem(
  { file, line, column, endLine, endColumn, rule, severity, message, fingerprint, loop }: CheckProblem,
  context: CheckContext,
): Result {
  const artifactLocation = locate(file, context);
  const physicalLocation: PhysicalLocation = {
    artifactLocation,
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
  return {
    ruleId: rule,
    ruleIndex: allRules.findIndex(({ name }) => name === rule),
    level: severity,
    message: { text: message },
    locations: [{ physicalLocation }],
    ...(loop.line === line
      ? {}
      : {
          relatedLocations: [
            {
              id: 1,
              message: { text: 'The loop.' },
              physicalLocation: { artifactLocation, region: { startLine: loop.line } },
            },
          ],
        }),
    partialFingerprints: { [FINGERPRINT]: fingerprint },
    ...(loop.provider !== null && {
      properties: { provider: loop.provider, api: loop.api, rewritable: loop.rewritable },
    }),
  };
}

/** Relative to the root of the repository; a file outside it has an absolute address. */
function locate(file: string, context: CheckContext): PhysicalLocation['artifactLocation'] {
  const name = nameFromRoot(file, context);
  if (name === '..' || name.startsWith('../')) return { uri: pathToFileURL(`${context.root}/${name}`).href };
  return { uri: name.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT };
}
