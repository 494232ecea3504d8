import { describe, expect, it } from 'vitest';
import { catalog } from '../../../src/providers/catalog.ts';
import { defineProvider, type StreamApiEntry } from '../../../src/providers/provider.ts';

const chat = {
  name: 'chat.stream',
  reach: 'client',
  protocol: null,
  scope: 'request',
  headersWait: 'headers',
  awaited: true,
  signal: null,
  retries: null,
  timeouts: [],
  onCleanEnd: 'silent',
  onAbort: 'ignored',
  inBandError: 'hidden',
  closesOnBreak: false,
  terminal: null,
  text: ['text'],
  example: '',
  measured: 'acme 1.0',
} satisfies StreamApiEntry;

const acme = { id: 'acme', title: 'Acme', modules: ['acme'], docs: 'https://acme.example', apis: [chat] };

describe('a provider', () => {
  it('has the default of what its file leaves out', () => {
    const provider = defineProvider(acme);
    expect(provider).toMatchObject({ ...acme, clients: [], factories: [], sameClient: [], abortErrors: [] });
    expect(provider.apis[0]).toEqual({
      ...chat,
      nameTells: [],
      aliases: [],
      of: null,
      enabledBy: null,
      command: null,
      iterables: [],
      foundByHelper: [],
      telling: [],
      withResponse: false,
      chainable: [],
      finals: [],
      endCallbacks: [],
      signalHides: null,
      ownRetries: null,
      errorOption: null,
      severalBy: null,
      remembersCut: false,
      staysOpen: null,
      isTextOnly: false,
      textWhen: [],
      gaps: [],
      fingerprint: [],
      types: [],
      typeTells: [],
      sharedTypes: false,
      resume: null,
    });
  });

  it('keeps what its file states', () => {
    const [api] = defineProvider({ ...acme, apis: [{ ...chat, aliases: ['ask'], withResponse: true }] }).apis;
    expect(api).toMatchObject({ aliases: ['ask'], withResponse: true, chainable: [] });
  });

  it('does not typecheck without the protocol, the scope, and what the call waits for', () => {
    const { protocol, ...noProtocol } = chat;
    const { scope, ...noScope } = chat;
    const { headersWait, ...noWait } = chat;
    // @ts-expect-error -- who knows the end of its stream?
    defineProvider({ ...acme, apis: [noProtocol] });
    // @ts-expect-error -- one request, or a run?
    defineProvider({ ...acme, apis: [noScope] });
    // @ts-expect-error -- the headers, or the first token?
    defineProvider({ ...acme, apis: [noWait] });
    // @ts-expect-error -- the helper has no such protocol.
    defineProvider({ ...acme, apis: [{ ...chat, protocol: 'acme' }] });
    expect([protocol, scope, headersWait]).toEqual([null, 'request', 'headers']);
  });

  it('has each of its fields in the catalog, whatever its file leaves out', () => {
    const fields = Object.keys(defineProvider(acme).apis[0]!).sort();
    const others = catalog
      .flatMap(({ apis }) => apis)
      .filter((api) => String(Object.keys(api).sort()) !== String(fields));
    expect(others).toEqual([]);
  });
});
