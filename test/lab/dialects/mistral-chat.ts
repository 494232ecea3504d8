import { data, type Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat.ts';

/** Like OpenAI's, but a tool call comes in one piece. */
export const mistralChat: Dialect = {
  ...openaiChat,
  isVariant: true,
  toolCall: [
    data({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              {
                index: 0,
                id: 'call_1',
                type: 'function',
                function: { name: 'look_up', arguments: '{"city":"Zürich 🏔"}' },
              },
            ],
          },
          finish_reason: null,
        },
      ],
    }),
  ],
};
