import OpenAI from 'openai';
import { ask, lines } from './llm.ts';

const client = new OpenAI();

/** An import tells. */
export async function decided(): Promise<void> {
  const stream = await client.responses.create({ model: 'gpt-5', input: 'Hello', stream: true });
  for await (const chunk of stream) console.log(chunk);
}

/** A type tells. */
export async function undecided(): Promise<void> {
  for await (const chunk of await ask()) console.log(chunk);
}

export async function other(): Promise<void> {
  for await (const line of lines()) console.log(line);
}
