import { version } from './version.ts';

/** A rule's page travels in the plugin's package, so that it tells of the version that is installed. */
export const urlOf = (rule: string): string =>
  `https://unpkg.com/eslint-plugin-resilient-stream@${version}/docs/rules/${rule}.md`;
