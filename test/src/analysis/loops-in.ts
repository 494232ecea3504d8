import { findStreamLoops } from '../../../src/analysis/find-stream-loops.ts';
import { parseSource } from '../../../src/analysis/source/parse-source.ts';
import type { StreamLoop } from '../../../src/analysis/facts/stream-loop.ts';

/** The stream loops of a text. */
export const loopsIn = (text: string, path = 'example.ts'): readonly StreamLoop[] =>
  findStreamLoops(parseSource(path, text));

/** The only stream loop of a text. */
export function loopIn(text: string, path?: string): StreamLoop {
  const loops = loopsIn(text, path);
  if (loops.length !== 1) throw new Error(`expected one stream loop, found ${loops.length}`);
  return loops[0]!;
}

/** 'openai.chat.completions.create' for each loop found. */
export const apisIn = (text: string, path?: string): string[] =>
  loopsIn(text, path).map(({ origin }) => `${origin.provider.id}.${origin.api.name}`);

export const OPENAI = `import OpenAI from 'openai';\nconst client = new OpenAI();\n`;
export const ANTHROPIC = `import Anthropic from '@anthropic-ai/sdk';\nconst client = new Anthropic();\n`;
