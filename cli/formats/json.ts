/** For programs; `cli/reports/json-shapes.ts` says what they may rely on. */
export const printJson = (report: object): string => `${JSON.stringify(report, null, 2)}\n`;
