/** How much is proven about a rewritten file before it is written; `migrate/last-proofs.ts` explains each level. */
export const VERIFICATIONS = ['full', 'fast', 'off'] as const;
export type Verification = (typeof VERIFICATIONS)[number];
