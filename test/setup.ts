import { afterAll, describe, it } from 'vitest';

// `RuleTester` looks for these among the globals. Handing them to it by import would load ESLint and TypeScript before
// every test file.
Object.assign(globalThis, { afterAll, describe, it });
