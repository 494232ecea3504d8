// The usual advice, a `timeout` and an `AbortSignal.timeout()`: the first bounds the headers only, the second ends the
// loop as if the answer were whole.
import OpenAI from 'openai';

const client = new OpenAI({ timeout: 30_000 });

export async function ask(input: string): Promise<string> {
  const stream = await client.responses.create(
    { model: 'gpt-5', input, stream: true },
    { signal: AbortSignal.timeout(60_000) },
  );
  const parts: string[] = [];
  for await (const event of stream) {
    if (event.type === 'response.output_text.delta') parts.push(event.delta);
  }
  return parts.join('');
}
