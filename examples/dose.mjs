// Collects an answer and prints it. When the server closes the connection in mid-answer, half an answer is printed, and
// the exit code is 0.
//   OPENAI_API_KEY=… node examples/dose.mjs
import OpenAI from 'openai';

const client = new OpenAI();

async function main() {
  const stream = await client.chat.completions.create({
    model: 'gpt-5',
    messages: [{ role: 'user', content: 'How do I take this medicine?' }],
    stream: true,
  });
  let answer = '';
  for await (const chunk of stream) {
    answer += chunk.choices[0]?.delta?.content ?? '';
  }
  console.log(answer);
}

main().catch((error) => {
  console.error(`Failed: ${error.message}`);
  process.exitCode = 1;
});
