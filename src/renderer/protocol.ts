/** Messages between the extension host and the notebook renderer. Small, versioned, addressed by output id, validated on both sides. */
import type { OutputDelta, OutputState } from '../output/types.ts';

export const OUTPUT_MIME = 'application/vnd.streambook.output+json';
export const RENDERER_ID = 'streambook-output';
export const PROTOCOL_VERSION = 1;

/** Host → renderer. A host message without an editor goes to every notebook editor: a renderer ignores ids it does not show. */
export type ToRenderer =
  | { readonly version: 1; readonly type: 'state'; readonly state: OutputState }
  | { readonly version: 1; readonly type: 'delta'; readonly delta: OutputDelta };

/** Renderer → host. */
export type FromRenderer =
  /** The renderer shows this output and has nothing newer than `rows` rows: send the full state. Also after a missed delta. */
  | { readonly version: 1; readonly type: 'ready'; readonly id: string }
  /** A link to a place in a cell was followed. */
  | { readonly version: 1; readonly type: 'reveal'; readonly cell: string; readonly line: number; readonly column: number }
  /** A button of the output: run the cell again, or stop its job. */
  | { readonly version: 1; readonly type: 'run' | 'stop'; readonly id: string }
  /** Copy or export the rows that are shown. */
  | { readonly version: 1; readonly type: 'export'; readonly id: string; readonly format: 'csv' | 'jsonl' };
