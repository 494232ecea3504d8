import { defineProvider, type StreamApi } from './provider.ts';

/**
 * What `@types/vscode` promises of `LanguageModelChatResponse`; the editor's own model providers stand behind it. No
 * chunk says "finished".
 */
const request = {
  name: 'sendRequest',
  types: ['LanguageModelChatResponse'],
  // On a model from `lm.selectChatModels()`, from a chat participant's request, or from a field.
  reach: 'any',
  protocol: null,
  scope: 'request',
  headersWait: 'headers',
  awaited: true,
  // A `CancellationToken`, the whole argument.
  signal: { argument: 2, path: [] },
  retries: null,
  timeouts: [],
  onCleanEnd: 'silent',
  onAbort: 'throws',
  inBandError: 'throws',
  closesOnBreak: true,
  terminal: null,
  measured: '@types/vscode 1.140',
} satisfies Partial<StreamApi>;

export default defineProvider({
  id: 'vscode-lm',
  title: 'VS Code language models',
  modules: ['vscode'],
  docs: 'https://code.visualstudio.com/api/extension-guides/ai/language-model',
  apis: [
    {
      ...request,
      iterables: ['text'],
      isTextOnly: true,
      text: [],
      example: `import * as vscode from 'vscode';

const [model] = await vscode.lm.selectChatModels({ vendor: 'copilot' });
const response = await model.sendRequest([vscode.LanguageModelChatMessage.User('Hello')]);
for await (const chunk of response.text) {
  console.log(chunk);
}
`,
    },
    {
      ...request,
      iterables: ['stream'],
      foundByHelper: ['stream'],
      text: ['value'],
      example: `import * as vscode from 'vscode';

const [model] = await vscode.lm.selectChatModels({ vendor: 'copilot' });
const { stream } = await model.sendRequest([vscode.LanguageModelChatMessage.User('Hello')]);
for await (const chunk of stream) {
  if (chunk instanceof vscode.LanguageModelTextPart) console.log(chunk.value);
}
`,
    },
  ],
});
