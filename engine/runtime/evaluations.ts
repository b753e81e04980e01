import { StreamExecutionEnvironment } from '../api/environment.ts';
import { RuntimeException } from '../api/errors.ts';
import { SeededRandom } from '../api/random.ts';
import { firstDifference, graphHash } from '../graph/graph-hash.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import { OperatorFailure } from './failure.ts';
import type { ExecutorOptions, JobProgram } from './job.ts';
import type { PrintBuffer } from './print-buffer.ts';

/** An evaluated program. */
export interface Evaluated {
  readonly env: StreamExecutionEnvironment;
  readonly graph: StreamGraph;
}

/**
 * The evaluations of a job's program (rule 3): a first one, whose graph the job runs, one per subtask, and one for ghosts and probes.
 * All throw what the cells throw.
 */
export class Evaluations {
  readonly first: Evaluated;
  readonly #program: JobProgram<StreamExecutionEnvironment>;
  readonly #options: ExecutorOptions;
  readonly #clock: { readonly now: number };
  readonly #printed: PrintBuffer;
  /** Of the graph. */
  readonly hash: string;
  #spare: Evaluated | null = null;

  constructor(
    program: JobProgram<StreamExecutionEnvironment>,
    options: ExecutorOptions,
    clock: { readonly now: number },
    printed: PrintBuffer,
  ) {
    this.#program = program;
    this.#options = options;
    this.#clock = clock;
    this.#printed = printed;
    this.first = this.#evaluate('first');
    this.hash = graphHash(this.first.graph);
  }

  /** The graph with the functions of one subtask. Throws, at the operator, when it is another than the first. */
  forSubtask(vertex: number, subtask: number): { readonly graph: StreamGraph; readonly random: SeededRandom } {
    const { graph, env } = this.#evaluate({ vertex, subtask });
    if (graphHash(graph) !== this.hash) throw differentGraph(this.first.graph, graph);
    return { graph, random: env.runtime.random };
  }

  /** One whose functions may run without being noticed: for ghosts and probes. */
  get spare(): Evaluated {
    this.#spare ??= this.#evaluate('spare');
    return this.#spare;
  }

  /**
   * Runs the cells' code afresh. Only the first evaluation prints what cells print on their own; later only the functions of a running
   * subtask do. Random numbers are the same in every evaluation, and then those of the subtask.
   */
  #evaluate(use: 'first' | 'spare' | { readonly vertex: number; readonly subtask: number }): Evaluated {
    let printing = use === 'first';
    const runtime = {
      now: () => this.#clock.now,
      random: new SeededRandom(0),
      print: (stream: 'stdout' | 'stderr', line: string) => {
        if (printing) this.#printed.add(stream, line);
      },
    };
    const { settings, overrides } = this.#options;
    const env = new StreamExecutionEnvironment({ jobName: this.#program.name, settings, overrides, runtime });
    this.#program.evaluate(env);
    const graph = env.toStreamGraph();
    printing = typeof use === 'object';
    if (typeof use === 'object') runtime.random.restore(new SeededRandom(env.seed, use.vertex, use.subtask, 3).save());
    return { env, graph };
  }
}

function differentGraph(first: StreamGraph, second: StreamGraph): Error {
  const vertex = firstDifference(first, second);
  const error = new RuntimeException(
    `Evaluating the program twice gave two different pipelines${vertex ? `: they differ at ${vertex.name}` : ''}.`,
    'Describe the pipeline without random numbers and without state that one evaluation leaves behind for the next.',
  );
  return vertex ? new OperatorFailure(vertex, error, undefined) : error;
}
