import { createJobGraph, type JobVertex } from './job-graph.ts';
import { operatorId, operatorIds } from './operator-id.ts';
import type { Partitioner, StreamGraph, StreamVertex } from './stream-graph.ts';

const SHIP_STRATEGY: Readonly<Record<Partitioner['kind'], string>> = {
  forward: 'FORWARD',
  rebalance: 'REBALANCE',
  rescale: 'RESCALE',
  shuffle: 'SHUFFLE',
  global: 'GLOBAL',
  broadcast: 'BROADCAST',
  hash: 'HASH',
  custom: 'CUSTOM',
};

/** The graph as JSON in the shape of Flink's REST API (`/jobs/:id/plan`). Ids are those of the operators in checkpoints. Throws what createJobGraph throws. */
export function executionPlan(graph: StreamGraph): string {
  const ids = operatorIds(graph);
  const { name, vertices } = createJobGraph(graph);
  const nodes = vertices.map((vertex) => ({
    id: ids.get(vertex.id) ?? '',
    parallelism: vertex.parallelism,
    operator: '',
    operator_strategy: '',
    description: html(tree(vertex, vertex.chain[0], '', '')),
    inputs: vertex.inputs.map(({ from, partitioner }, num) => ({
      num,
      id: ids.get(from) ?? '',
      ship_strategy: SHIP_STRATEGY[partitioner.kind],
      exchange: graph.isBatch ? 'blocking' : 'pipelined_bounded',
    })),
    optimizer_properties: {},
  }));
  return JSON.stringify({ jid: operatorId(name), name, type: graph.isBatch ? 'BATCH' : 'STREAMING', nodes });
}

/** A chain as a tree of its operators, one a line (pipeline.vertex-description-mode TREE). `first`, `rest`: what stands before the operator and before what follows it. */
function tree({ chain, id }: Pick<JobVertex, 'chain' | 'id'>, operator: StreamVertex | undefined, first: string, rest: string): string {
  if (operator === undefined) return '';
  const next = chain.filter((one) => one.id !== id && one.inputs[0]?.from === operator.id);
  const lines = next.map((one, at) =>
    at === next.length - 1 ? tree({ chain, id }, one, `${rest}+- `, `${rest}   `) : tree({ chain, id }, one, `${rest}:- `, `${rest}:  `),
  );
  return `${first}${operator.description}\n${lines.join('')}`;
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\\': '&#92;', '\n': '<br/>' };

function html(text: string): string {
  return text.replaceAll(/[&<>"\\\n]/g, (character) => ESCAPED[character] ?? character);
}
