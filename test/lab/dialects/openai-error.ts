import { data } from './dialect.ts';

export const refusal = (status: number): unknown => ({
  error: { message: `http ${status}`, type: status === 429 ? 'rate_limit_error' : 'server_error', code: null },
});

export const error = data({
  error: { message: 'The server had an error while processing your request.', type: 'server_error', code: null },
});

export const usage = { prompt_tokens: 1, completion_tokens: 6, total_tokens: 7 };
