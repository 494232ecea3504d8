import { describe, expect, it } from 'vitest';
import { rewriteTwice } from '../twice.ts';

const request = (open = 'client.chat.completions.create(params)'): string =>
  `export async function print(client, params) {
  for await (const chunk of await ${open}) process.stdout.write(chunk.choices[0]?.delta?.content ?? '');
}
`;
const wrapped = request(
  'resilientStream(({ signal }) => client.chat.completions.create(params, { signal, maxRetries: 0 }))',
);
const commonJs = (text: string): string => text.replace('export ', '');
const helper = `import { resilientStream } from 'resilient-stream';`;

describe('the import', () => {
  it.each([
    [
      'behind the last import',
      `import a from 'a';\nimport b from 'b';\n\n`,
      `import a from 'a';\nimport b from 'b';\n${helper}\n\n`,
    ],
    [
      'behind the comment on the import’s line',
      `import a from 'a'; // first\n\n`,
      `import a from 'a'; // first\n${helper}\n\n`,
    ],
    ['on the line of an import that code follows', `import a from 'a'; a();\n`, `import a from 'a'; ${helper} a();\n`],
    ['behind imports of types', `import type { A } from 'a';\n`, `import type { A } from 'a';\n${helper}\n`],
    ['behind an import by assignment', `import a = require('a');\n`, `import a = require('a');\n${helper}\n`],
    ['behind an import of several lines', `import {\n  a,\n} from 'a';\n`, `import {\n  a,\n} from 'a';\n${helper}\n`],
    ['at the top of a file without imports', ``, `${helper}\n\n`],
    ['behind a hashbang', `#!/usr/bin/env node\n`, `#!/usr/bin/env node\n${helper}\n\n`],
    ['behind a licence', `// Copyright 2026 Somebody\n`, `// Copyright 2026 Somebody\n${helper}\n\n`],
    [
      'behind a hashbang and a licence set off',
      `#!/usr/bin/env node\n/* MIT */\n\n`,
      `#!/usr/bin/env node\n/* MIT */\n\n${helper}\n\n`,
    ],
    ['behind @ts-nocheck', `// @ts-nocheck\n`, `// @ts-nocheck\n${helper}\n\n`],
    [
      'before what is written about the first statement',
      `// MIT\n\n/** Prints. */\n`,
      `// MIT\n\n${helper}\n\n/** Prints. */\n`,
    ],
    ['behind a directive', `'use client';\n\n`, `'use client';\n\n${helper}\n\n`],
    [
      'behind a directive and imports',
      `'use client';\nimport a from 'a';\n`,
      `'use client';\nimport a from 'a';\n${helper}\n`,
    ],
    [
      'in double quotes',
      `import a from "a";\n`,
      `import a from "a";\nimport { resilientStream } from "resilient-stream";\n`,
    ],
    ['without padding', `import {a} from 'a';\nimport {b} from 'b';\n`, null],
  ])('goes %s', (_, head, expected) => {
    const after = rewriteTwice(head + request());
    if (expected === null)
      expect(after.startsWith(`${head}import {resilientStream} from 'resilient-stream';\n`)).toBe(true);
    else expect(after).toBe(expected + wrapped);
  });

  it.each([
    [
      'of another name',
      `import { StreamingError } from 'resilient-stream';\n`,
      `import { StreamingError, resilientStream } from 'resilient-stream';\n`,
    ],
    [
      'of a type',
      `import { type StreamEvent } from 'resilient-stream';\n`,
      `import { type StreamEvent, resilientStream } from 'resilient-stream';\n`,
    ],
    [
      'of several lines',
      `import {\n  restart,\n  StreamingError,\n} from 'resilient-stream';\n`,
      `import {\n  restart,\n  StreamingError,\n  resilientStream,\n} from 'resilient-stream';\n`,
    ],
    [
      'of types alone stays',
      `import type { StreamEvent } from 'resilient-stream';\n`,
      `import type { StreamEvent } from 'resilient-stream';\n${helper}\n`,
    ],
    [
      'of everything stays',
      `import * as all from 'resilient-stream';\n`,
      `import * as all from 'resilient-stream';\n${helper}\n`,
    ],
    ['that is there already stays', `${helper}\n`, `${helper}\n`],
  ])('%s is extended', (_, head, expected) => {
    expect(rewriteTwice(head + request())).toBe(expected + wrapped);
  });

  it('under another name is used by that', () => {
    const head = `import { resilientStream as open } from 'resilient-stream';\n`;
    expect(rewriteTwice(head + request())).toBe(head + wrapped.replace('resilientStream(', 'open('));
  });

  it('comes from the module of the option', () => {
    expect(rewriteTwice(request(), 'file.ts', { helper: './llm/stream.ts' })).toBe(
      `import { resilientStream } from './llm/stream.ts';\n\n${wrapped}`,
    );
  });

  it('is made once for two loops', () => {
    const after = rewriteTwice(`import a from 'a';\n${request()}${request().replace('print', 'other')}`);
    expect(after).toBe(`import a from 'a';\n${helper}\n${wrapped}${wrapped.replace('print', 'other')}`);
  });

  it('has no semicolon where the file has none', () => {
    const text = (open: string): string =>
      `export async function print(client, params) {
  let text = ''
  for await (const chunk of await ${open}) text += chunk.choices[0].delta.content
  return text
}
`;
    expect(rewriteTwice(`import a from 'a'\n${text('client.chat.completions.create(params)')}`)).toBe(
      `import a from 'a'
import { resilientStream, restart } from 'resilient-stream'
${text("resilientStream(({ signal }) => client.chat.completions.create(params, { signal, maxRetries: 0 }), { recover: restart(() => { text = '' }) })")}`,
    );
  });
});

describe('a file without semicolons', () => {
  const text = (head: string, open: string): string =>
    `${head}
;(async () => {
  const client = new OpenAI()
  for await (const chunk of await ${open}) show(chunk.choices[0].delta.content)
})()
`;
  const call = 'client.chat.completions.create(params)';
  const open = 'resilientStream(({ signal }) => client.chat.completions.create(params, { signal, maxRetries: 0 }))';

  it('has its import before the semicolon that guards the next statement', () => {
    expect(rewriteTwice(text(`import OpenAI from 'openai'\n`, call))).toBe(
      text(`import OpenAI from 'openai'\nimport { resilientStream } from 'resilient-stream'\n`, open),
    );
  });

  it('has its require before the semicolon that guards the next statement', () => {
    expect(rewriteTwice(text(`const OpenAI = require('openai')\n`, call), 'file.js')).toBe(
      text(`const OpenAI = require('openai')\nconst { resilientStream } = require('resilient-stream')\n`, open),
    );
  });
});

describe('the require', () => {
  const helper = `const { resilientStream } = require('resilient-stream');`;

  it.each([
    [
      'behind the last require',
      `const a = require('a');\nconst { b } = require('b').c;\n\n`,
      `const a = require('a');\nconst { b } = require('b').c;\n${helper}\n\n`,
    ],
    ['behind a require for its effect', `require('a').config();\n\n`, `require('a').config();\n${helper}\n\n`],
    [
      'behind the directive',
      `'use strict';\n\nmodule.exports = { print };\n`,
      `'use strict';\n\n${helper}\n\nmodule.exports = { print };\n`,
    ],
    [
      'behind the head, not a late require',
      `const a = require('a');\nfunction b() {}\nconst c = require('c');\n`,
      `const a = require('a');\n${helper}\nfunction b() {}\nconst c = require('c');\n`,
    ],
    [
      'into one that is there',
      `const { restart } = require('resilient-stream');\n`,
      `const { restart, resilientStream } = require('resilient-stream');\n`,
    ],
  ])('goes %s', (_, head, expected) => {
    expect(rewriteTwice(head + commonJs(request()), 'file.js')).toBe(expected + commonJs(wrapped));
  });

  it('stands in a `.cjs` file, whatever else is in it', () => {
    expect(rewriteTwice(commonJs(request()), 'file.cjs')).toBe(`${helper}\n\n${commonJs(wrapped)}`);
    expect(rewriteTwice(`'use strict';\n${commonJs(request())}`, 'file.cts')).toBe(
      `'use strict';\n\n${helper}\n${commonJs(wrapped)}`,
    );
    expect(rewriteTwice(`const load = () => import('openai');\n${commonJs(request())}`, 'file.cjs')).toBe(
      `${helper}\n\nconst load = () => import('openai');\n${commonJs(wrapped)}`,
    );
  });

  it('is an import where a `.cts` file has imports, and in every `.mjs` file', () => {
    expect(rewriteTwice(`import a from 'a';\n${commonJs(request())}`, 'file.cts')).toContain(
      `import a from 'a';\nimport { resilientStream } from 'resilient-stream';\n`,
    );
    expect(rewriteTwice(`const a = require('a');\n${commonJs(request())}`, 'file.mjs')).toContain(
      `import { resilientStream } from 'resilient-stream';`,
    );
  });

  it('gives a free name by a colon', () => {
    const head = `const a = require('a');\nfunction resilientStream() {}\n`;
    const after = rewriteTwice(head + commonJs(request()), 'file.cjs');
    expect(after).toContain(`const { resilientStream: resilientStream2 } = require('resilient-stream');`);
    expect(after).toContain('await resilientStream2(({ signal }) =>');
  });
});
