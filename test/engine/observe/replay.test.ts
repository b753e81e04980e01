import assert from 'node:assert/strict';
import fc from 'fast-check';
import { replay } from '../../../engine/observe/replay.ts';
import { start } from '../job.ts';
import { choices, describeJob, digest, shape, World } from './world.ts';

describe('Replay', () => {
  it('of a journal gives the same rows, lines, late records, metrics and state bytes', () => {
    fc.assert(
      fc.property(shape, choices, (job, events) => {
        const world = new World(job);
        world.play(events);
        const second = start(describeJob(job));
        replay(second, world.executor.journal());
        assert.equal(world.executor.failure, null);
        assert.deepEqual(digest(second), digest(world.executor));
      }),
      { numRuns: 40 },
    );
  });

  it('bounded input gives the same results however its bytes arrive and however far a step goes', () => {
    const bounded = shape.map((job) => ({ ...job, script: [], generated: 0, interval: 0 }));
    const arrivals = choices.map((events) => events.filter(({ what }) => what !== 1));
    fc.assert(
      fc.property(bounded, arrivals, arrivals, (job, one, other) => {
        const [first, second] = [one, other].map((events) => {
          const world = new World(job);
          world.play(events.map(({ what, size }) => ({ what: what === 3 ? 4 : what, size })));
          const { displays } = digest(world.executor) as { readonly displays: readonly (readonly [string, ...unknown[]])[] };
          return displays.filter(([name]) => name !== 'clock');
        });
        assert.deepEqual(first, second);
      }),
      { numRuns: 30 },
    );
  });
});
