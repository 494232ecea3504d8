import type { CodemodOptions } from '../contract/codemod.ts';
import { EXPORTS } from '../contract/codemod.ts';
import type { Forms } from '../contract/forms.ts';

/** How the helper is imported: `$resilientStream` is the name that the file has for `resilientStream`. */
export function importForms({ helper }: CodemodOptions): Required<Pick<Forms, 'edits' | 'holes' | 'known'>> {
  const known = (name: string): readonly string[] => [
    `import {$anyA${holeOf(name)}=${name}$anyB} from '${helper}'`,
    `import {$anyA${name} as ${holeOf(name)}$anyB} from '${helper}'`,
    `const {$anyA${holeOf(name)}=${name}$anyB} = require('${helper}')`,
    `const {$anyA${name}: ${holeOf(name)}$anyB} = require('${helper}')`,
  ];
  return {
    edits: [
      ['', `\nimport { $imported } from '${helper}';\n`],
      ['', `\nconst { $required } = require('${helper}');\n`],
      ['', ',\n$imported'],
      ['', ',\n$required'],
    ],
    holes: {
      $imported: ['$import', '$import,\n$imported'],
      $import: EXPORTS.flatMap((name) => [`${holeOf(name)}=${name}`, `${name} as ${holeOf(name)}`]),
      $required: ['$require', '$require,\n$required'],
      $require: EXPORTS.flatMap((name) => [`${holeOf(name)}=${name}`, `${name}: ${holeOf(name)}`]),
    },
    known: Object.fromEntries(
      [...new Set(EXPORTS.map(holeOf))].map((hole) => [
        hole,
        EXPORTS.filter((name) => holeOf(name) === hole).flatMap(known),
      ]),
    ),
  };
}

/** `sse` and `ndjson` stand in the same places. */
const holeOf = (name: string): string => (name === 'sse' || name === 'ndjson' ? '$parser' : `$${name}`);
