import type { ChunkPath, OptionPath, TerminalSignal } from '../src/providers/provider.ts';

/** A way into a chunk, as people write it: `choices[].finish_reason`. */
export const printPath = (path: ChunkPath): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[]` : text === '' ? step : `${text}.${step}`),
    '',
  );

/** What a chunk holds that says "finished": `message_stop`, or where the reason stands: `choices[].finish_reason`. */
export const printTerminal = ({ path, values, finishReason }: TerminalSignal): string =>
  values?.[0] !== undefined && printPath(path) !== printPath(finishReason ?? []) ? values[0] : printPath(path);

/**
 * The name of an option as it stands in its object: `timeout`, `httpOptions.timeout`; `arguments[2]` where it is an
 * argument itself.
 */
export const printOption = (option: OptionPath | { readonly client: string }): string => {
  if ('client' in option) return option.client;
  return option.path.length > 0 ? option.path.join('.') : `arguments[${option.argument}]`;
};
