import type { Results } from './results.ts';

interface Chart {
  readonly file: string;
  readonly draw: (results: Results) => string;
}
export const charts: readonly Chart[] = [];
