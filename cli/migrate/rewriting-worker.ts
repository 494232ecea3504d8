/** Rewrites files in a thread of its own; `migrate` starts some and writes what they give. */
import { workerData } from 'node:worker_threads';
import { createRewriter, type RewritingOptions } from './rewrite-file.ts';
import { serve } from './workers.ts';

serve(createRewriter(workerData as RewritingOptions));
