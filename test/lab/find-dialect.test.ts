import { describe, expect, it } from 'vitest';
import { dialects, type DialectName } from './dialects.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findDialect } from './find-dialect.ts';

describe('the dialect of a request', () => {
  it.each<[string, DialectName]>([
    ['/v1/chat/completions', 'openai-chat'],
    ['/v1/completions?api-version=1', 'openai-completions'],
    ['/v1/predictions', 'replicate-sse'],
    ['/v1/threads/thread_1/runs', 'openai-assistants'],
    ['/threads/1/runs/stream', 'langgraph-runs'],
  ])('%s is %s, by the longest path that ends it', (path, name) => {
    expect(findDialect(path)).toBe(dialects[name]);
  });

  it('is each by its own path, but for the variants of others', () => {
    const others = Object.values<Dialect>(dialects).filter((dialect) => findDialect(dialect.path) !== dialect);
    expect(others.filter(({ isVariant }) => !isVariant)).toEqual([]);
    expect(others.length).toBe(Object.values<Dialect>(dialects).filter(({ isVariant }) => isVariant).length);
  });

  it('is none where no dialect has the path', () => {
    expect(() => findDialect('/v1/embeddings')).toThrow('speaks no dialect for /v1/embeddings');
  });
});
