import type { ChunkPath, OptionPath, TerminalSignal } from '../src/providers/provider.ts';

/** A way into a chunk, as people write it: `choices[].finish_reason`. */
export const printPath = (path: ChunkPath): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[]` : text === '' ? step : `${text}.${step}`), '');

/** What a chunk holds that says "finished": `choices[].finish_reason`, `message_stop`. */
export const printTerminal = ({ path, values }: TerminalSignal): string => values?.[0] ?? printPath(path);

/** The name of an option as it stands in its object: `timeout`, `httpOptions.timeout`. */
export const printOption = (option: OptionPath | { readonly client: string }): string => ('client' in option ? option.client : option.path.join('.'));
