import { describe, expect, it } from 'vitest';
import { printProgress, StatusLine } from '../../../cli/terminal/status-line.ts';
import { bareLoop, createProject } from '../project.ts';

describe('progress', () => {
  it.each([
    [0, 100, 1_000, '0 of 100 files'],
    [1_200, 12_800, 600, '1200 of 12800 files, 2000 a second, 6 s left'],
    [10, 1_000, 2_000, '10 of 1000 files, 5 a second, 3 min 18 s left'],
  ])('after %d of %d files in %d ms is told', (done, total, milliseconds, text) => {
    expect(printProgress(done, total, milliseconds)).toBe(text);
  });
});

describe('the status line', () => {
  function createLine(isTTY: boolean): { line: StatusLine; at: (ms: number) => void; written: string[] } {
    const written: string[] = [];
    let time = 0;
    return {
      line: new StatusLine({ isTTY, write: (text) => written.push(text) }, () => time),
      at: (ms) => (time = ms),
      written,
    };
  }

  it('comes after half a second, and no more than ten times a second', () => {
    const { line, at, written } = createLine(true);
    for (const ms of [0, 499, 500, 550, 600]) {
      at(ms);
      line.showProgress(ms, 1_000);
    }
    expect(written).toEqual([
      '\r\u001B[K500 of 1000 files, 1000 a second, 1 s left',
      '\r\u001B[K600 of 1000 files, 1000 a second, 1 s left',
    ]);
  });

  it('gives way to what is printed, and is gone after that', () => {
    const { line, at, written } = createLine(true);
    const stdout = line.clearBefore({ write: (text) => written.push(text) });
    stdout.write('first\n');
    at(600);
    line.showProgress(1, 2);
    stdout.write('second\n');
    line.clear();
    expect(written).toEqual(['first\n', expect.stringContaining('1 of 2 files'), '\r\u001B[K', 'second\n']);
  });

  it('is a plain line elsewhere, twice a minute', () => {
    const { line, at, written } = createLine(false);
    for (const ms of [0, 29_999, 30_000, 59_999, 60_000]) {
      at(ms);
      line.showProgress(ms / 1_000, 100);
      line.showWork('asking');
    }
    expect(written).toEqual([
      '30 of 100 files, 1 a second, 1 min 10 s left\n',
      '60 of 100 files, 1 a second, 40 s left\n',
    ]);
  });
});

describe('a command', () => {
  it('says how far it is while it runs on a terminal, and leaves nothing of it', async () => {
    const files = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${index}.ts`, bareLoop]));
    let [stdout, stderr, time] = ['', '', 0];
    await createProject(files).run(['list', '--format', 'json'], {
      now: () => (time += 200),
      stdout: { write: (text) => (stdout += text) },
      stderr: { isTTY: true, write: (text) => (stderr += text) },
    });
    expect(stderr).toContain('8 of 9 files, ');
    expect(stderr.endsWith('\r\u001B[K')).toBe(true);
    expect((JSON.parse(stdout) as { streams: unknown[] }).streams).toHaveLength(9);
  });
});
