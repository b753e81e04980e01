import assert from 'node:assert/strict';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../../../engine/api/display.ts';
import { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { Types } from '../../../engine/api/type-information.ts';
import { graphHash } from '../../../engine/graph/graph-hash.ts';
import { createJobGraph } from '../../../engine/graph/job-graph.ts';
import { operatorId } from '../../../engine/graph/operator-id.ts';
import { startFailure } from '../job.ts';

function chains(describe: (env: StreamExecutionEnvironment) => void): readonly string[] {
  const env = new StreamExecutionEnvironment();
  describe(env);
  return createJobGraph(env.toStreamGraph()).vertices.map(({ chain, parallelism, inputs }) => {
    const from = inputs.map(({ partitioner }) => partitioner.kind).join('+');
    return `${from === '' ? '' : `${from}: `}${chain.map(({ name }) => name).join(' -> ')} (${parallelism})`;
  });
}

function hashOf(describe: (env: StreamExecutionEnvironment) => void): string {
  const env = new StreamExecutionEnvironment();
  describe(env);
  return graphHash(env.toStreamGraph());
}

describe('Chaining', () => {
  it('joins what is forward and of one parallelism; keyBy and union go through channels', () => {
    const result = chains((env) => {
      const source = env.fromData([{ k: 1, v: 1 }]).map((r) => r);
      const keyed = source
        .keyBy('k')
        .window(TumblingEventTimeWindows.of(10))
        .sum('v')
        .filter(() => true);
      display(keyed.union(source), { name: 'all' });
    });
    assert.deepEqual(result, [
      'Source: Collection Source -> Map (1)',
      'hash: TumblingEventTimeWindows -> Filter (1)',
      'forward+forward: Sink: all (1)',
    ]);
  });

  it('obeys startNewChain, disableChaining, slot-sharing groups and the environment', () => {
    assert.deepEqual(
      chains((env) =>
        display(
          env
            .fromData([1])
            .map((n) => n)
            .name('a')
            .startNewChain()
            .map((n) => n)
            .name('b')
            .disableChaining()
            .map((n) => n)
            .name('c')
            .map((n) => n)
            .name('d')
            .slotSharingGroup('other'),
          { name: 'x' },
        ),
      ),
      ['Source: Collection Source (1)', 'forward: a (1)', 'forward: b (1)', 'forward: c (1)', 'forward: d (1)', 'forward: Sink: x (1)'],
    );
    assert.equal(
      chains((env) =>
        display(
          env
            .disableOperatorChaining()
            .fromData([1])
            .map((n) => n),
        ),
      ).length,
      3,
    );
  });

  it('rebalances where the parallelism changes; an explicit forward is refused there', () => {
    const wide = (env: StreamExecutionEnvironment): void => {
      env.setParallelism(2);
      display(env.fromData([1]).map((n) => n));
    };
    assert.deepEqual(chains(wide), ['Source: Collection Source (1)', 'rebalance: Map -> Sink: Map (2)']);
    const failure = startFailure((env) => {
      env.setParallelism(2);
      display(
        env
          .fromData([1])
          .forward()
          .map((n) => n),
      );
    });
    assert.match(failure.message, /Forward partitioning does not allow change of parallelism/);
  });

  it('leaves out what no sink needs', () => {
    assert.deepEqual(
      chains((env) => {
        const source = env.fromData([1]);
        source.map((n) => n + 1);
        display(source, { name: 'x' });
      }),
      ['Source: Collection Source -> Sink: x (1)'],
    );
  });
});

describe('The graph hash', () => {
  const base = (env: StreamExecutionEnvironment): void =>
    display(
      env
        .fromData([1])
        .map((n) => n + 1)
        .filter((n) => n > 0),
    );
  it('is the same for the same program and differs for another function, setting or order', () => {
    assert.equal(hashOf(base), hashOf(base));
    const others = [
      (env: StreamExecutionEnvironment): void =>
        display(
          env
            .fromData([1])
            .map((n) => n + 2)
            .filter((n) => n > 0),
        ),
      (env: StreamExecutionEnvironment): void =>
        display(
          env
            .fromData([1])
            .filter((n) => n > 0)
            .map((n) => n + 1),
        ),
      (env: StreamExecutionEnvironment): void =>
        display(
          env
            .fromData([1])
            .map((n) => n + 1)
            .uid('x')
            .filter((n) => n > 0),
        ),
      (env: StreamExecutionEnvironment): void =>
        display(
          env
            .fromData([1])
            .keyBy((n) => n)
            .map((n) => n + 1)
            .filter((n) => n > 0),
        ),
    ];
    assert.equal(new Set([hashOf(base), ...others.map(hashOf)]).size, 5);
  });
});

describe('getExecutionPlan', () => {
  it('has the shape of Flink’s REST API', () => {
    const env = new StreamExecutionEnvironment();
    display(
      env
        .fromData([{ k: 1 }])
        .uid('source')
        .keyBy('k')
        .map((r) => r)
        .uid('mapped'),
      { name: 'x' },
    );
    const plan = JSON.parse(env.getExecutionPlan()) as {
      nodes: { id: string; parallelism: number; description: string; inputs: { num: number; id: string; ship_strategy: string }[] }[];
    };
    assert.deepEqual(
      plan.nodes.map(({ id, description, inputs }) => [id, description, inputs.map((input) => [input.num, input.id, input.ship_strategy])]),
      [
        ['e5a72f353fc1e6bbf3bd96a41384998c', 'Source: Collection Source<br/>', []],
        [operatorId('mapped'), 'Map<br/>+- Sink: x<br/>', [[0, 'e5a72f353fc1e6bbf3bd96a41384998c', 'HASH']]],
      ],
    );
  });

  it('shows a chain as a tree, and every input of an operator with how it is shipped', () => {
    const env = new StreamExecutionEnvironment();
    const left = env.fromData([1]).name('a<b>');
    const wide = left.map((n) => n).setParallelism(2);
    wide
      .filter(() => true)
      .setParallelism(2)
      .print()
      .setParallelism(2);
    wide
      .map((n) => `${n}`)
      .setParallelism(2)
      .print()
      .setParallelism(2);
    display(
      left
        .broadcast()
        .connect(env.fromData(['x']).rescale())
        .map({ map1: (n) => n, map2: () => 0 }),
      { name: 'both' },
    );
    const plan = JSON.parse(env.getExecutionPlan()) as {
      jid: string;
      type: string;
      nodes: {
        id: string;
        description: string;
        parallelism: number;
        inputs: { num: number; id: string; ship_strategy: string; exchange: string }[];
      }[];
    };
    assert.deepEqual([plan.jid, plan.type], [operatorId('job'), 'STREAMING']);
    const names = new Map(plan.nodes.map(({ id, description }) => [id, description.slice(0, 8)]));
    assert.deepEqual(
      plan.nodes.map(({ description, parallelism, inputs }) => [
        description,
        parallelism,
        ...inputs.map(({ num, id, ship_strategy, exchange }) => `${num} ${names.get(id)} ${ship_strategy} ${exchange}`),
      ]),
      [
        ['Source: a&lt;b&gt;<br/>', 1],
        [
          'Map<br/>:- Filter<br/>:  +- Sink: Print to Std. Out<br/>+- Map<br/>   +- Sink: Print to Std. Out<br/>',
          2,
          '0 Source:  REBALANCE pipelined_bounded',
        ],
        ['Source: Collection Source<br/>', 1],
        ['Co-Map<br/>+- Sink: both<br/>', 1, '0 Source:  BROADCAST pipelined_bounded', '1 Source:  RESCALE pipelined_bounded'],
      ],
    );
  });
});

describe('Types of streams', () => {
  it('are what `returns` was given, also where the stream is dealt out or keyed; else generic', () => {
    const env = new StreamExecutionEnvironment();
    const words = env.fromData(['a', 'b']).map((word) => word);
    const bytes = words.getType().createSerializer().serialize('a');
    assert.equal(words.getType().createSerializer().deserialize(bytes, 1), 'a');
    const { STRING } = Types;
    const typed = words.returns(STRING);
    assert.equal(typed.getType(), STRING);
    assert.equal(typed.rebalance().getType(), STRING);
    assert.equal(typed.keyBy((word) => word).getType(), STRING);
    assert.notEqual(typed.map((word) => word).getType(), STRING);
    const keys = typed
      .keyBy((word) => word)
      .getKeyType()
      .createSerializer();
    assert.equal(keys.deserialize(keys.serialize('k'), 1), 'k');
  });
});
