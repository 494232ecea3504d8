// The same done by hand, with what it takes: a limit that holds, a look at the terminal marker, an error for what is
// missing.
const Anthropic = require('@anthropic-ai/sdk');

async function ask(question, signal) {
  const client = new Anthropic();
  const stream = await client.messages.create(
    { model: 'claude-sonnet-4-5', max_tokens: 1024, messages: [{ role: 'user', content: question }], stream: true },
    { signal },
  );
  let text = '';
  let complete = false;
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    if (event.type === 'message_stop') complete = true;
  }
  signal.throwIfAborted();
  if (!complete) throw new Error(`The answer was cut after ${text.length} characters.`);
  return text;
}

module.exports = { ask };
