import OpenAI from 'openai';

const client = new OpenAI();

export const ask = () => client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });

export async function* lines(): AsyncGenerator<string> {
  yield 'a';
}
