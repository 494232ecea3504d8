import type { TSESTree } from '@typescript-eslint/utils';
import { findHandParsings, type HandParsing, isUnclear } from '../src/analysis/bytes/hand-parsing.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import { mayHoldParse } from '../src/analysis/bytes/unbuffered-parses.ts';
import { type Codemod, type CodemodOptions, rememberForms, type Rewrite, type Skip } from './contract/codemod.ts';
import { MARKER, markStatement } from './text/marker.ts';
import { isObstacle, type Obstacle } from './options/placement.ts';
import { parsingForms } from './sse/sse-forms.ts';
import { printParsing } from './sse/sse-edits.ts';
import { findParsingObstacle, findToolPlaces, isSameTaking, outermost } from './sse/sse-obstacles.ts';
import { printShort } from './text/short.ts';
import { createTransform } from './transform.ts';

export const codemod: Codemod = {
  name: 'replace-sse-parsing',
  title: 'Read events by `sse`, lines of JSON by `ndjson`',
  description:
    'A loop that decodes a body, splits it into lines and parses each becomes a `for await` over `sse(response)` or `ndjson(response)`; what it does with each chunk stays as it is. Told by running the loop on sample pieces of a body: only what is parsing and nothing else goes. Where the request is in sight and nothing else needs the response, it goes into `resilientStream` too. A loop that passes over what is no JSON gets a comment instead: whether it may end there is for a person to say.',
  mayHold: mayHoldParse,
  forms: rememberForms((options) => ({
    ...parsingForms(options),
    comments: Object.values(decisions).map((what) => `${MARKER}: ${what}`),
  })),
  resolves: ['no-unbuffered-chunk-parse', 'no-stateless-decode'],
  findRewrites(source, options) {
    const rewrites: Rewrite[] = [];
    const skipped: Skip[] = [];
    const usedNames = new Map<string, number>();
    for (const parsing of findHandParsings(source)) {
      const { line } = parsing.loop.loc.start;
      if (isUnclear(parsing)) {
        skipped.push({
          line,
          reason: parsing.at
            ? `More is done here than parsing (\`${printShort(source, expressionAround(parsing.at))}\`); read it by ` +
              '`sse(response)` or `ndjson(response)` by hand.'
            : 'What this loop makes of a body is neither events of JSON nor lines of it; leave it, or read it by hand.',
        });
        continue;
      }
      const found = replace(source, parsing, usedNames, options);
      if (isObstacle(found)) skipped.push({ line, reason: found.obstacle });
      else if (found.edits.length > 0) rewrites.push({ line, codemod: codemod.name, loop: null, ...found });
    }
    return { rewrites, skipped };
  },
  examples: [
    {
      before: `export async function ask(body) {
  const response = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers, body });
  if (!response.ok) throw new Error(\`HTTP \${response.status}\`);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  let text = '';
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    buffer += decoder.decode(value, { stream: true });
    const lines = buffer.split('\\n');
    buffer = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ')) continue;
      const payload = line.slice(6);
      if (payload === '[DONE]') break;
      const chunk = JSON.parse(payload);
      text += chunk.choices[0]?.delta?.content ?? '';
    }
  }
  return text;
}
`,
      after: `import { sse, resilientStream } from 'resilient-stream';

export async function ask(body) {
  const stream = await resilientStream(async ({ signal }) => {
    const response = await fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', headers, body, signal });
    if (!response.ok) throw new Error(\`HTTP \${response.status}\`);
    return sse(response);
  });
  let text = '';
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  return text;
}
`,
    },
    {
      before: `export async function* readLines(stream) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of stream.body) {
    rest += decoder.decode(bytes, { stream: true });
    let end;
    while ((end = rest.indexOf('\\n')) !== -1) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line) yield JSON.parse(line);
    }
  }
}
`,
      after: `import { ndjson } from 'resilient-stream';

export async function* readLines(stream) {
  for await (const chunk of ndjson(stream.body)) {
    yield chunk;
  }
}
`,
    },
  ],
};

export default /* @__PURE__ */ createTransform(codemod);

const obstacles = {
  bothFormats: {
    obstacle:
      'Lines are read here with and without `data:`, and which of them the server sends is out of sight; read them ' +
      'by `sse(response)` or `ndjson(response)` by hand.',
  },
  otherTail: {
    obstacle:
      'What is left behind the loop is handled in another way than what comes in it; make them the same, then run ' +
      'this again.',
  },
} satisfies Record<string, Obstacle>;

/** The comments for what a person has to decide before the loop can be replaced. */
const decisions = {
  malformed:
    'what is no JSON is passed over here, and `sse()` and `ndjson()` throw there. Say whether the server sends such ' +
    'a thing on purpose; where it does not, let the parse throw and run the codemod again.',
  named:
    'events that have a name are passed over here, and `sse()` gives them too. Say whether the server sends any; ' +
    'where it does not, read them too and run the codemod again.',
};

type Replacement = Pick<Rewrite, 'edits' | 'deferred' | 'imports'>;

/** The whole expression that a node is part of. */
function expressionAround(node: TSESTree.Node): TSESTree.Node {
  let whole = node;
  while (whole.parent && !/Statement$|^VariableDeclarat|^Program$|Function/.test(whole.parent.type))
    whole = whole.parent;
  return whole;
}

function replace(
  source: ParsedSource,
  parsing: HandParsing,
  usedNames: Map<string, number>,
  options: CodemodOptions,
): Replacement | Obstacle {
  const { loop, format, jsonUse, tailJsonUse, skips } = parsing;
  if (format === 'both') return obstacles.bothFormats;
  const obstacle = findParsingObstacle(source, parsing);
  if (obstacle) return obstacle;
  const places = findToolPlaces(source, parsing);
  if (isObstacle(places)) return places;
  if (tailJsonUse && !isSameTaking(source, jsonUse, tailJsonUse)) return obstacles.otherTail;
  if (skips) return { edits: markStatement(source, outermost(loop), decisions[skips]), deferred: [], imports: [] };
  return printParsing(source, parsing, places, usedNames, options);
}
