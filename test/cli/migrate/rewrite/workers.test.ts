import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countWorkers, workInOrder, type WorkerSetup } from '../../../../cli/migrate/rewrite/workers.ts';
import { createProject } from '../../project.ts';

/** A worker that does `code` with each `item`. */
function createWorkerSetup(code: string, data: unknown = null): WorkerSetup {
  const { root } = createProject({});
  const path = join(root, 'worker.mjs');
  writeFileSync(
    path,
    `import { parentPort, workerData, threadId } from 'node:worker_threads';
const work = (item) => { ${code} };
parentPort.on('message', (batch) => parentPort.postMessage(batch.map(work)));
parentPort.postMessage('ready');
`,
  );
  return { program: pathToFileURL(path), data, count: 2 };
}

const numbers = Array.from({ length: 300 }, (_, index) => index);

async function gather(workshop: WorkerSetup): Promise<unknown[]> {
  const results: unknown[] = [];
  for await (const result of workInOrder(numbers, workshop, (item, reason) => `${item}: ${reason}`))
    results.push(result);
  return results;
}

describe('work in order', () => {
  it('gives the results in the order of the items, whoever is done first', async () => {
    const later = new Int32Array(new SharedArrayBuffer(4));
    // The first waits for a later one, which another worker does.
    const code =
      'if (item === 0) Atomics.wait(workerData, 0, 0, 100_000); if (item === 100) { Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0); } return item * 2;';
    expect(await gather(createWorkerSetup(code, later))).toEqual(numbers.map((number) => number * 2));
    expect(later[0]).toBe(1);
  });

  it('is done by several threads', async () => {
    const first = new Int32Array(new SharedArrayBuffer(4));
    const threads = await gather(
      createWorkerSetup(
        'if (item === 0) Atomics.wait(workerData, 0, 0, 100_000); if (item === 40) { Atomics.store(workerData, 0, 1); Atomics.notify(workerData, 0); } return threadId;',
        first,
      ),
    );
    expect(new Set(threads).size).toBe(2);
  });

  it.each([
    ['ends', 'process.exit(7);', 'it ended with 7'],
    ['throws', `throw new Error('too much');`, 'too much'],
  ])('loses but the item at which a worker %s', async (_, fault, reason) => {
    const expected = numbers.map((number) => (number === 77 || number === 200 ? `${number}: ${reason}` : number));
    expect(await gather(createWorkerSetup(`if (item === 77 || item === 200) { ${fault} } return item;`))).toEqual(
      expected,
    );
  });

  it('tries once more what was at hand when a worker died by accident', async () => {
    const tried = new Int32Array(new SharedArrayBuffer(4));
    expect(
      await gather(
        createWorkerSetup(
          'if (item === 5 && Atomics.add(workerData, 0, 1) === 0) process.exit(1); return item;',
          tried,
        ),
      ),
    ).toEqual(numbers);
    expect(tried[0]).toBe(2);
  });

  it('fails as a whole where no worker can start', async () => {
    const { root } = createProject({});
    await expect(gather({ program: pathToFileURL(join(root, 'missing.mjs')), data: null, count: 2 })).rejects.toThrow(
      'missing.mjs',
    );
  });

  it('goes little ahead of who reads, and ends where nobody reads on', async () => {
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    for await (const result of workInOrder(
      many,
      createWorkerSetup('Atomics.add(workerData, 0, 1); return item;', begun),
      () => -1,
    ))
      if (result === 3) break;
    const done = begun[0];
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun[0]).toBe(done);
    expect(done).toBeLessThan(1_000);
  });

  it('starts no more workers than there is work for', async () => {
    const started = new Int32Array(new SharedArrayBuffer(4));
    const { program } = createWorkerSetup('return item;');
    writeFileSync(
      program,
      `import { workerData } from 'node:worker_threads';
Atomics.add(workerData, 0, 1);
${readFileSync(program, 'utf8').replace('workerData, ', '')}`,
    );
    expect(await gather({ program, data: started, count: 64 })).toEqual(numbers);
    expect(started[0]).toBe(10);
  });

  it('is not worth while for few', () => {
    expect(countWorkers(20)).toBe(1);
    expect(countWorkers(0)).toBe(1);
    expect(countWorkers(3_999, 16)).toBe(1);
    expect(countWorkers(4_000, 16)).toBe(2);
  });

  it('leaves a core to the main thread', () => {
    expect([1, 2, 3, 4, 64].map((cores) => countWorkers(100_000, cores))).toEqual([1, 1, 2, 3, 8]);
  });
});
