import type { EntryPoint, Sdk, Untyped } from '../sdk.ts';

const client =
  (model: string) =>
  (url: string, options: Untyped, agents: Untyped, { OpenAI }: Untyped): Untyped => {
    agents.setTracingDisabled(true);
    const openai = new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, logLevel: 'off', ...options });
    return new agents.Agent({ name: 'a', model: new agents[model](openai, 'm') });
  };

const run = {
  arguments: ['the agent', 'hi', { stream: true, maxTurns: 2 }],
  call: (agent: Untyped, [, ...given]: Untyped[], agents: Untyped) => agents.run(agent, ...given),
  findText: (chunk: Untyped): string =>
    chunk.type === 'raw_model_stream_event' && chunk.data.type === 'output_text_delta' ? chunk.data.delta : '',
  signal: { argument: 2, path: ['signal'] },
  retries: { option: { client: 'maxRetries' }, off: 0 },
  timeouts: [],
  runsTools: true,
  errorOvertakes: 'any',
} satisfies Partial<EntryPoint>;

const runner = {
  client: (url: string, options: Untyped, agents: Untyped, more: Untyped): Untyped => {
    const { modelSettings, ...rest } = options;
    return {
      runner: new agents.Runner({ ...(modelSettings ? { modelSettings } : {}) }),
      agent: client('OpenAIResponsesModel')(url, rest, agents, more),
    };
  },
  call: (made: Untyped, [, ...given]: Untyped[]) => made.runner.run(made.agent, ...given),
  timeouts: [{ option: { client: 'modelSettings.timeoutMs' } }],
} satisfies Partial<EntryPoint>;

const packages = ['@openai/agents', 'openai'];

export default {
  id: 'openai-agents',
  title: 'OpenAI Agents',
  // Runs on both Nodes, with an `openai` of its own kind.
  packages: { newest: packages, previous: packages },
  entryPoints: [
    {
      ...run,
      name: 'run, Responses',
      dialect: 'openai-responses',
      proves: { module: '@openai/agents', api: 'run', iterable: '', reach: 'module' },
      client: client('OpenAIResponsesModel'),
    },
    {
      ...run,
      name: 'run, chat completions',
      dialect: 'openai-chat',
      proves: null,
      client: client('OpenAIChatCompletionsModel'),
    },
    {
      ...run,
      name: 'run, toStream',
      dialect: 'openai-responses',
      proves: { module: '@openai/agents', api: 'run', iterable: 'toStream()', reach: 'module' },
      client: client('OpenAIResponsesModel'),
      iterate: (result) => result.toStream(),
    },
    {
      ...run,
      ...runner,
      name: 'Runner.run',
      dialect: 'openai-responses',
      proves: { module: '@openai/agents', api: 'run', iterable: 'toStream()', reach: 'client' },
    },
    {
      ...run,
      ...runner,
      name: 'Runner.run, toTextStream',
      dialect: 'openai-responses',
      proves: { module: '@openai/agents', api: 'run', iterable: 'toTextStream()', reach: 'client' },
      iterate: (result) => result.toTextStream(),
      findText: (chunk) => chunk,
      helper: { give: (result) => result, findText: run.findText },
    },
    {
      ...run,
      name: 'run, toTextStream',
      dialect: 'openai-responses',
      proves: { module: '@openai/agents', api: 'run', iterable: 'toTextStream()', reach: 'module' },
      client: client('OpenAIResponsesModel'),
      iterate: (result) => result.toTextStream(),
      findText: (chunk) => chunk,
      helper: { give: (result) => result, findText: run.findText },
    },
  ],
} satisfies Sdk;
