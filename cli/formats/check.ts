import type { CheckFormat, PrintCheck } from './check-context.ts';
import { printAnnotations } from './check-github.ts';
import { printMarkdown } from './check-markdown.ts';
import { printCheck } from './check-pretty.ts';
import { printSarif } from './check-sarif.ts';
import { printJson } from './json.ts';

export const checkFormats: Readonly<Record<CheckFormat, PrintCheck>> = {
  pretty: printCheck,
  json: printJson,
  sarif: printSarif,
  github: printAnnotations,
  markdown: printMarkdown,
};
