/** For programs; `cli/reports/json-shapes.ts` describes the shapes. */
export const printJson = (report: object): string => `${JSON.stringify(report, null, 2)}\n`;
