import { JobException, UnsupportedOperationException } from '../api/errors.ts';
import { defaultMaxParallelism } from '../state/key-groups.ts';
import type { Partitioner, StreamEdge, StreamGraph, StreamVertex } from './stream-graph.ts';

/** An input of a job vertex that is not chained. */
export interface JobEdge {
  readonly from: number;
  /** StreamVertex ids of both ends. */
  readonly fromOperator: number;
  readonly toOperator: number;
  readonly tag: string | null;
  readonly partitioner: Partitioner;
  /** Which input of `toOperator` it feeds. */
  readonly input: 0 | 1;
  /** Its place among the edges of `toOperator`. */
  readonly at: number;
}

/** A chain: operators that run in one subtask, by direct calls. */
export interface JobVertex {
  /** Id of its first operator. */
  readonly id: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** In order of creation: every operator after the first has its one input in the chain. */
  readonly chain: readonly StreamVertex[];
  readonly inputs: readonly JobEdge[];
  /** Longest way from a source, in job vertices: downstream is larger. */
  readonly depth: number;
}

/** What runs. */
export interface JobGraph {
  readonly name: string;
  readonly vertices: readonly JobVertex[];
}

function located(error: Error, vertex: StreamVertex): Error {
  error.stack = vertex.stack;
  return error;
}

function resolvePartitioner(edge: StreamEdge, from: StreamVertex, to: StreamVertex): Partitioner {
  if (edge.partitioner === null) return { kind: from.parallelism === to.parallelism ? 'forward' : 'rebalance' };
  if (edge.partitioner.kind === 'forward' && from.parallelism !== to.parallelism) {
    throw located(
      new UnsupportedOperationException(
        `Forward partitioning does not allow change of parallelism. Upstream operation: ${from.name} parallelism: ${from.parallelism}, ` +
          `downstream operation: ${to.name} parallelism: ${to.parallelism}`,
        'You must use another partitioning strategy, such as broadcast, rebalance, shuffle or global.',
      ),
      to,
    );
  }
  return edge.partitioner;
}

/** Flink's rule: one edge in, so neither a union nor a second input, same slot-sharing group, same parallelism, forward, and chaining wanted by both. */
function isChainable(graph: StreamGraph, from: StreamVertex, to: StreamVertex, partitioner: Partitioner): boolean {
  return (
    graph.chaining &&
    to.inputs.length === 1 &&
    partitioner.kind === 'forward' &&
    from.parallelism === to.parallelism &&
    from.slotSharingGroup === to.slotSharingGroup &&
    to.chaining === 'ALWAYS' &&
    from.chaining !== 'NEVER'
  );
}

/** Throws JobException if the parallelism is above the maximum. */
function maxParallelismOf(graph: StreamGraph, vertex: StreamVertex, restored: number | undefined): number {
  const maximum = vertex.maxParallelism ?? graph.maxParallelism ?? restored ?? defaultMaxParallelism(vertex.parallelism);
  if (vertex.parallelism > maximum) {
    throw located(
      new JobException(
        `Vertex ${vertex.name}'s parallelism (${vertex.parallelism}) is higher than the max parallelism (${maximum}). ` +
          'Please lower the parallelism or increase the max parallelism.',
      ),
      vertex,
    );
  }
  return maximum;
}

interface Building {
  readonly head: StreamVertex;
  readonly chain: StreamVertex[];
  readonly inputs: JobEdge[];
  maxParallelism: number;
  /** Of the keyed state in it. */
  written: number | undefined;
  depth: number;
}

/**
 * Chains operators by Flink's rules. `restored`: the max parallelism that the keyed state of a vertex was written with, which counts where none is set.
 * Throws located errors for impossible settings.
 */
export function createJobGraph(graph: StreamGraph, restored: ReadonlyMap<number, number> = new Map()): JobGraph {
  const byId = new Map(graph.vertices.map((vertex) => [vertex.id, vertex]));
  const chainOf = new Map<number, Building>();
  const chains: Building[] = [];
  for (const vertex of graph.vertices) {
    const written = restored.get(vertex.id);
    const maxParallelism = maxParallelismOf(graph, vertex, written);
    const edges = vertex.inputs.flatMap((edge, at) => {
      const from = byId.get(edge.from);
      return from ? [{ edge, at, from, partitioner: resolvePartitioner(edge, from, vertex) }] : [];
    });
    const [only] = edges;
    const upstream = only && chainOf.get(only.from.id);
    if (only && upstream && isChainable(graph, only.from, vertex, only.partitioner)) {
      upstream.chain.push(vertex);
      upstream.written ??= written;
      upstream.maxParallelism = upstream.written ?? Math.min(upstream.maxParallelism, maxParallelism);
      chainOf.set(vertex.id, upstream);
      continue;
    }
    const chain: Building = { head: vertex, chain: [vertex], inputs: [], maxParallelism, written, depth: 0 };
    for (const { edge, at, from, partitioner } of edges) {
      const source = chainOf.get(from.id);
      if (!source) continue;
      const { tag, input } = edge;
      chain.inputs.push({ from: source.head.id, fromOperator: from.id, toOperator: vertex.id, tag, partitioner, input, at });
      chain.depth = Math.max(chain.depth, source.depth + 1);
    }
    chainOf.set(vertex.id, chain);
    chains.push(chain);
  }
  return {
    name: graph.jobName,
    vertices: chains.map(({ head, chain, inputs, maxParallelism, depth }) => ({
      id: head.id,
      parallelism: head.parallelism,
      maxParallelism,
      chain,
      inputs,
      depth,
    })),
  };
}
