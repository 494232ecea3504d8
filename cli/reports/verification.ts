/** What is proven of a rewritten file before it is written; `createProofs` says what each is. */
export const VERIFICATIONS = ['full', 'fast', 'off'] as const;
export type Verification = (typeof VERIFICATIONS)[number];
