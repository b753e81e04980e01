import { MetricGroup } from '../api/metric-group.ts';
import { RuntimeContext } from '../api/runtime-context.ts';
import { SeededRandom } from '../api/random.ts';
import type { SinkLanes } from '../connectors/user-sink.ts';
import type { PartWrites } from '../connectors/part-writes.ts';
import { operatorId } from '../graph/operator-id.ts';
import type { JobEdge, JobGraph, JobVertex } from '../graph/job-graph.ts';
import type { StreamGraph, StreamVertex } from '../graph/stream-graph.ts';
import type { StepTrace } from '../observe/step-trace.ts';
import type { Ambient } from './ambient.ts';
import type { Calls } from './async-calls.ts';
import { type ChannelSender, directChannel, QueuedChannel, type Scheduler } from './channel.ts';
import { keyGroupRange } from '../state/key-groups.ts';
import type { DisplayBuffer } from './display-buffer.ts';
import { OperatorStateBackend } from '../state/operator/operator-state-backend.ts';
import type { StateMemory } from '../state/state-memory.ts';
import type { StateTypeChange, TypeChangeListener } from '../state/type-change.ts';
import type { LateLog } from './late-log.ts';
import type { OperatorContext, OperatorInstance, Output, Receiver } from './operator.ts';
import { withCheckpointedFunctions } from './checkpointed-functions.ts';
import { createRouter, receiversOf, type Router } from './router.ts';
import type { StateStores } from './state-stores.ts';
import { type ChainedOperator, newCounters, Subtask } from './subtask.ts';

/** What the subtasks of a job share. */
export interface JobServices {
  readonly jobName: string;
  readonly seed: number;
  readonly clock: { readonly now: number };
  readonly ambient: Ambient;
  readonly scheduler: Scheduler;
  /** Counts the memory of all state. */
  readonly memory: StateMemory;
  /** A restored state of the operator has another type now. */
  onTypeChange(vertex: StreamVertex, change: StateTypeChange): void;
  displayOf(vertex: StreamVertex): DisplayBuffer;
  lateOf(vertex: StreamVertex): LateLog;
  parameters(): Readonly<Record<string, string>>;
  print(stream: 'stdout' | 'stderr', line: string): void;
  fail(vertex: StreamVertex, error: unknown, record: unknown): never;
  /** The graph of a fresh evaluation, for one subtask (rule 3). Throws when it differs from the first. */
  evaluate(vertex: number, subtask: number): { readonly graph: StreamGraph; readonly random: SeededRandom };
  /** 0 on the first run, +1 per restart. */
  readonly attempt: number;
  readonly parts: PartWrites;
  readonly sinks: SinkLanes;
  readonly calls: Calls;
  holdSources(hold: boolean): void;
  /** Number of the run. */
  readonly run: number;
  readonly stores: StateStores;
  /** Only when the job is debugged. */
  readonly trace: StepTrace | null;
}

/** A subtask, and for a source where its records go. */
export interface BuiltSubtask {
  readonly subtask: Subtask;
  readonly source: { readonly vertex: StreamVertex; readonly output: Output } | null;
  readonly routers: readonly Router[];
  /** Every generator of random numbers that user code of the subtask can reach. */
  readonly randoms: readonly SeededRandom[];
}

interface PlannedChannel {
  readonly edge: JobEdge;
  readonly sender: number;
  readonly receiver: JobVertex;
  readonly receivers: readonly number[];
}

function place(vertex: JobVertex, subtask: number): string {
  return `${vertex.id}/${subtask}`;
}

/** Every edge from every sending subtask. */
function planChannels(graph: JobGraph): ReadonlyMap<string, readonly PlannedChannel[]> {
  const byId = new Map(graph.vertices.map((vertex) => [vertex.id, vertex]));
  const planned = new Map<string, PlannedChannel[]>();
  for (const receiver of graph.vertices) {
    for (const edge of receiver.inputs) {
      const from = byId.get(edge.from);
      if (!from) continue;
      for (let sender = 0; sender < from.parallelism; sender++) {
        const list = planned.get(place(from, sender)) ?? [];
        planned.set(place(from, sender), list);
        list.push({ edge, sender, receiver, receivers: receiversOf(edge.partitioner, sender, from.parallelism, receiver.parallelism) });
      }
    }
  }
  return planned;
}

function isLinear(vertex: JobVertex): boolean {
  return vertex.chain.every((operator, at) => at === 0 || operator.inputs[0]?.from === vertex.chain[at - 1]?.id);
}

/** Downstream first, then by vertex and subtask (rule 1): the order in which waiting elements are worked on. */
export function workOrder(graph: JobGraph): readonly { readonly vertex: JobVertex; readonly subtask: number }[] {
  const vertices = [...graph.vertices].sort((a, b) => b.depth - a.depth || a.id - b.id);
  return vertices.flatMap((vertex) => Array.from({ length: vertex.parallelism }, (_, subtask) => ({ vertex, subtask })));
}

/** How many channels each input of a subtask has. */
function countChannels(planned: ReadonlyMap<string, readonly PlannedChannel[]>): ReadonlyMap<string, readonly number[]> {
  const counts = new Map<string, number[]>();
  for (const { edge, receiver, receivers } of [...planned.values()].flat()) {
    for (const target of receivers) {
      const inputs = counts.get(place(receiver, target)) ?? [0];
      inputs[edge.input] = (inputs[edge.input] ?? 0) + 1;
      counts.set(place(receiver, target), inputs);
    }
  }
  return counts;
}

/** A subtask whose senders are being built. */
interface BuiltReceiver {
  readonly subtask: Subtask;
  readonly order: number;
  readonly channels: number;
  /** By input: the number of the next channel. */
  readonly next: [number, number];
}

/** Builds all subtasks, in the order of work; each from an evaluation of its own. */
export function buildJob(graph: JobGraph, services: JobServices): readonly BuiltSubtask[] {
  const planned = planChannels(graph);
  const counts = countChannels(planned);
  const built = new Map<string, BuiltReceiver>();
  return workOrder(graph).map(({ vertex, subtask: index }, order): BuiltSubtask => {
    const outgoing = planned.get(place(vertex, index)) ?? [];
    const channelCount = outgoing.reduce((sum, { receivers }) => sum + receivers.length, 0);
    const outputs: ChannelSender[] = [];
    const evaluation = services.evaluate(vertex.id, index);
    const fresh = new Map(evaluation.graph.vertices.map((operator) => [operator.id, operator]));
    const routers = outgoing.map(({ edge, receiver, receivers }) => {
      const [first] = receiver.chain;
      const waiting = services.memory.account({ id: first?.id ?? 0, name: `records waiting for ${first?.name ?? 'an operator'}` });
      const channels = receivers.map((target): ChannelSender => {
        const to = built.get(place(receiver, target));
        if (!to) throw new Error('a receiver is built before its senders');
        const input = to.subtask.targets[edge.input];
        if (!input) throw new Error('an operator has no input for one of its edges');
        const alone = channelCount === 1 && isLinear(vertex) && to.channels === 1;
        const channel = alone
          ? directChannel(input)
          : new QueuedChannel(input, to.next[edge.input]++, to.order, services.scheduler, services.ambient, waiting);
        if (channel instanceof QueuedChannel) to.subtask.queues.push(channel);
        outputs.push(channel);
        return channel;
      });
      const receiving = receiver.chain[0];
      const partitioner = fresh.get(edge.toOperator)?.inputs[edge.at]?.partitioner ?? edge.partitioner;
      const router = createRouter(partitioner, channels, {
        sender: index,
        maxParallelism: receiver.maxParallelism,
        seed: services.seed,
        fail: (error, record): never => {
          if (!receiving) throw error;
          return services.fail(receiving, error, record);
        },
      });
      return { edge, router };
    });
    const chain = buildChain(vertex, index, routers, { fresh, random: evaluation.random }, services);
    const channels = counts.get(place(vertex, index)) ?? [];
    const subtask = new Subtask(vertex, index, chain.operators, chain.head, outputs, channels);
    const [first = 0, second = 0] = channels;
    built.set(place(vertex, index), { subtask, order, channels: first + second, next: [0, first] });
    return { subtask, source: chain.source, routers: routers.map(({ router }) => router), randoms: chain.randoms };
  });
}

interface BuiltChain {
  readonly operators: readonly ChainedOperator[];
  readonly head: OperatorInstance | null;
  readonly source: BuiltSubtask['source'];
  readonly randoms: readonly SeededRandom[];
}

/** From tail to head, as an operator is made with the closures of what follows it. */
function buildChain(
  vertex: JobVertex,
  index: number,
  routers: readonly { readonly edge: JobEdge; readonly router: Receiver }[],
  { fresh, random }: { readonly fresh: ReadonlyMap<number, StreamVertex>; readonly random: SeededRandom },
  services: JobServices,
): BuiltChain {
  const randoms = [random];
  const instances = new Map<number, OperatorInstance>();
  const operators: ChainedOperator[] = [];
  let source: BuiltSubtask['source'] = null;
  for (const described of [...vertex.chain].reverse()) {
    const operator = fresh.get(described.id) ?? described;
    const consumers = [
      ...vertex.chain.flatMap((next) => {
        const [edge] = next.inputs;
        const receiver = instances.get(next.id);
        return edge?.from === operator.id && next !== vertex.chain[0] && receiver ? [{ tag: edge.tag, receiver }] : [];
      }),
      ...routers.flatMap(({ edge, router }) => (edge.fromOperator === operator.id ? [{ tag: edge.tag, receiver: router }] : [])),
    ];
    const output = combine(consumers);
    const ownRandom = new SeededRandom(services.seed, operator.id, index);
    randoms.push(ownRandom);
    const context = operatorContext(vertex, operator, index, ownRandom, services);
    if (operator.role.kind === 'source') {
      source = { vertex: operator, output: services.trace?.source(output, operator, context) ?? output };
      operators.unshift({ vertex: operator, instance: { ...output }, counters: context.counters, runtime: context.runtime });
      continue;
    }
    const { functions } = operator.role.operator;
    const plain = observed(withCheckpointedFunctions(operator.role.operator.create(context, output), functions, context), context);
    const instance = services.trace?.operator(plain, operator, context) ?? plain;
    instances.set(operator.id, instance);
    operators.unshift({ vertex: operator, instance, counters: context.counters, runtime: context.runtime });
  }
  const head = vertex.chain[0];
  return { operators, head: (head && instances.get(head.id)) ?? null, source, randoms };
}

/** Notes the watermark that reaches the operator. In a job that was restored with other subtasks it may be behind the one that the operator had: time stands still then. */
function observed(instance: OperatorInstance, { counters }: OperatorContext): OperatorInstance {
  const { watermark } = instance;
  return {
    ...instance,
    watermark(time): void {
      const reached = Math.max(time, counters.watermark);
      counters.watermark = reached;
      watermark(reached);
    },
  };
}

/** Several consumers as one output; each kind of element goes to them in the order of the edges. */
function combine(consumers: readonly { readonly tag: string | null; readonly receiver: Receiver }[]): Output {
  const receivers = consumers.map(({ receiver }) => receiver);
  const main = consumers.filter(({ tag }) => tag === null).map(({ receiver }) => receiver.collect);
  const sides = new Map<string, Receiver['collect'][]>();
  for (const { tag, receiver } of consumers) if (tag !== null) sides.set(tag, [...(sides.get(tag) ?? []), receiver.collect]);
  const [only] = main;
  const [single] = receivers;
  return {
    collect: main.length === 1 && only ? only : (value, timestamp) => main.forEach((collect) => collect(value, timestamp)),
    watermark:
      receivers.length === 1 && single ? single.watermark : (watermark) => receivers.forEach((receiver) => receiver.watermark(watermark)),
    idle: (idle) => receivers.forEach((receiver) => receiver.idle(idle)),
    side: (tag, value, timestamp) => sides.get(tag)?.forEach((collect) => collect(value, timestamp)),
  };
}

function operatorContext(
  vertex: JobVertex,
  operator: StreamVertex,
  index: number,
  random: SeededRandom,
  services: JobServices,
): OperatorContext {
  const { parallelism, maxParallelism } = vertex;
  const job = { getJobId: () => operatorId(services.jobName), getJobName: () => services.jobName };
  const task = {
    getTaskName: () => operator.name,
    getTaskNameWithSubtasks: () => `${operator.name} (${index + 1}/${parallelism})`,
    getIndexOfThisSubtask: () => index,
    getNumberOfParallelSubtasks: () => parallelism,
    getMaxNumberOfParallelSubtasks: () => maxParallelism,
    getAttemptNumber: () => services.attempt,
  };
  const memory = services.memory.account(operator);
  const onTypeChange: TypeChangeListener = (change) => services.onTypeChange(operator, change);
  return {
    subtask: index,
    parallelism,
    maxParallelism,
    counters: newCounters(),
    ambient: services.ambient,
    clock: services.clock,
    runtime: new RuntimeContext(job, task, services.parameters(), random, new MetricGroup(services.clock)),
    late: services.lateOf(operator),
    memory,
    onTypeChange,
    operatorState: new OperatorStateBackend(memory, onTypeChange),
    display: services.displayOf(operator),
    parts: services.parts,
    sinks: services.sinks,
    calls: services.calls,
    holdSources: (hold) => services.holdSources(hold),
    vertex: operator.id,
    run: services.run,
    openStore: () => {
      const { start, end } = keyGroupRange(index, maxParallelism, parallelism);
      const range = { startKeyGroup: start, endKeyGroup: end };
      const { jobName, run, stores } = services;
      return stores.store({ jobName, run, operatorName: operator.name, operator: operator.id, subtask: index, keyGroupRange: range });
    },
    trace: services.trace,
    print: (stream, line) => {
      services.print(stream, line);
    },
    fail: (error, record) => services.fail(operator, error, record),
  };
}
