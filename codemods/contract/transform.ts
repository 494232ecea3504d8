/** A transform as jscodeshift takes it. These types are published, and import nothing. */

/** What jscodeshift passes to a transform, as far as ours use it. */
export interface TransformApi {
  readonly report?: (message: string) => void;
  readonly stats?: (name: string, quantity?: number) => void;
}

export type Transform = (
  file: { readonly path: string; readonly source: string },
  api: TransformApi,
  options?: { readonly helper?: unknown; readonly timeouts?: unknown; readonly widenTypes?: unknown },
) => Promise<string | undefined>;
