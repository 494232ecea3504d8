/** The catalog's examples as programs of the lab: which entry point each is of, and what it needs to run. */
import { catalog } from '../../src/providers/catalog.ts';
import type { StreamApi } from '../../src/providers/provider.ts';
import { findClaimed } from './claimed.ts';
import { type EntryPoint, findSdks, generation, type Sdk } from './sdk.ts';
import { type FaultServer, type Script, startFaultServer } from './server.ts';

export interface Example {
  readonly name: string;
  readonly sdk: Sdk;
  readonly entry: EntryPoint;
  readonly api: StreamApi;
}

export async function findExamples(): Promise<Example[]> {
  return (await findSdks()).flatMap((sdk) =>
    sdk.entryPoints.flatMap((entry) => {
      const api = entry.proves && findClaimed(catalog, entry.proves);
      return api ? [{ name: `${sdk.id} ${entry.name}`, sdk, entry, api }] : [];
    }),
  );
}

/** What the example asks of others before it asks for the answer. */
export const NEEDS_OTHERS: Readonly<Record<string, string>> = {
  'google-vertexai generateContentStream': "a token, of Google's metadata server",
  'google-vertexai startChat().sendMessageStream': "a token, of Google's metadata server",
  'llamaindex ContextChatEngine.chat': 'an index, which asks for a model of embeddings',
  'huggingface textGenerationStream': 'the hub, which of the providers has the model',
};

/** A parser at the end of the chain leaves nothing in the chunks that says how the answer ended. */
export const TELLS_NO_CUT: readonly string[] = ['langchain chain.stream'];

/** Examples import the newest major; the previous one is installed by another name. */
export const ofGeneration = (text: string, { packages }: Sdk): string =>
  packages.newest.reduce(
    (renamed, name, index) => renamed.replaceAll(`'${name}'`, `'${packages[generation][index] ?? name}'`),
    text,
  );

/** Of structured output, the text is a piece of JSON. */
const JSON_TEXT = ['{"answer":', '"Hello ', 'world ', 'foo ', 'bar."}'];

/**
 * A server for a program of the example. The path tells the dialect of the AI SDK's, which have another model than the
 * lab.
 */
export function serve({ sdk, entry }: Example, plan: readonly Script[]): Promise<FaultServer> {
  const said = entry.dialect.endsWith('-json') ? { text: JSON_TEXT } : {};
  return startFaultServer({
    plan: plan.map((script) => ({ ...said, ...script })),
    http2: entry.http2 ?? false,
    ...(sdk.id !== 'ai' && { dialect: entry.dialect }),
  });
}
