import type { Source } from '../connectors/source.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { StrategyPlan } from '../api/watermark-strategy.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import type { DisplayOptions } from './display-options.ts';

/** How a key is taken from a record. Fields stay data. */
export type KeySelection =
  | { readonly kind: 'field'; readonly field: string | number }
  | { readonly kind: 'fields'; readonly fields: readonly (string | number)[] }
  | { readonly kind: 'function'; readonly selector: UserFunction }
  /** One key for all records (`windowAll`). */
  | { readonly kind: 'all' };

/** How records are dealt out to the subtasks of the next operator. */
export type Partitioner =
  | { readonly kind: 'forward' | 'rebalance' | 'rescale' | 'shuffle' | 'global' | 'broadcast' }
  | { readonly kind: 'hash'; readonly selection: KeySelection }
  /** The user's function chooses the subtask, by a key and the number of subtasks. */
  | { readonly kind: 'custom'; readonly partitioner: UserFunction; readonly selection: KeySelection };

/** Where an operator's input comes from. */
export interface StreamEdge {
  readonly from: number;
  /** Side output, or null for the main output. */
  readonly tag: string | null;
  /** null = forward when the parallelism is equal, else rebalance. */
  readonly partitioner: Partitioner | null;
  /** Which of the operator's inputs it feeds: 1 is the second one of an operator with two. Several edges of one input are a union. */
  readonly input: 0 | 1;
}

/** What a vertex does: reads a source, or works on records. */
export type VertexRole =
  | { readonly kind: 'source'; readonly source: Source<unknown>; readonly strategy: StrategyPlan }
  | { readonly kind: 'operator'; readonly operator: OperatorSpec };

export interface WindowDescription {
  /** As Flink writes it: "TumblingEventTimeWindows(5000)". */
  readonly description: string;
  readonly eventTime: boolean;
  /** ms; null when windows differ in size. */
  readonly size: number | null;
}

export interface DisplaySpec {
  readonly name: string;
  readonly kind: 'display' | 'preview';
  readonly options: DisplayOptions;
}

/** ALWAYS chains to its input where it can; HEAD starts a chain; NEVER stands alone. */
export type ChainingStrategy = 'ALWAYS' | 'HEAD' | 'NEVER';

/** One operator as written. Settings are filled in while the program is evaluated. */
export interface StreamVertex {
  readonly id: number;
  readonly role: VertexRole;
  readonly inputs: readonly StreamEdge[];
  name: string;
  description: string;
  uid: string | null;
  uidHash: string | null;
  parallelism: number;
  maxParallelism: number | null;
  chaining: ChainingStrategy;
  slotSharingGroup: string;
  readonly window: WindowDescription | null;
  readonly display: DisplaySpec | null;
  /** Raw stack of the call that made it: `JobProgram.locate` turns it into a place. */
  readonly stack: string;
  /** Index of the cell whose evaluation made it. */
  readonly cell: number;
}

/** What the user wrote, without what no sink of the target cell needs. */
export interface StreamGraph {
  readonly jobName: string;
  readonly chaining: boolean;
  /** Its operators are those of BATCH mode. */
  readonly isBatch: boolean;
  /** In order of creation, so that inputs come before their users. */
  readonly vertices: readonly StreamVertex[];
  readonly maxParallelism: number | null;
}
