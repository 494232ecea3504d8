/** The program of a worker thread: it rewrites files. The main thread writes the new texts. */
import { workerData } from 'node:worker_threads';
import { createRewriter, type RewritingOptions } from './rewrite-file.ts';
import { serveWork } from './workers.ts';

serveWork(createRewriter(workerData as RewritingOptions));
