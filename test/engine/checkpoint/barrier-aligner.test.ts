import assert from 'node:assert/strict';
import fc from 'fast-check';
import { align, type Alignment, type AlignmentEffect, NOT_ALIGNING } from '../../../engine/checkpoint/barrier-aligner.ts';

/** Feeds barriers; gives the effects of each. */
function feed(
  channels: number,
  barriers: readonly (readonly [channel: number, checkpoint: number])[],
): readonly (readonly AlignmentEffect[])[] {
  let state: Alignment = NOT_ALIGNING;
  return barriers.map(([channel, checkpoint]) => {
    const next = align(state, channels, channel, checkpoint);
    ({ state } = next);
    return next.effects;
  });
}

describe('Aligning barriers', () => {
  it('is done at once with a single channel', () => {
    assert.deepEqual(
      feed(1, [
        [0, 1],
        [0, 2],
      ]),
      [[{ kind: 'aligned' }], [{ kind: 'aligned' }]],
    );
  });

  it('blocks channels until the barrier has come on all, and takes the snapshot before it lets them go on', () => {
    assert.deepEqual(
      feed(3, [
        [1, 1],
        [0, 1],
        [2, 1],
      ]),
      [[{ kind: 'block', channel: 1 }], [{ kind: 'block', channel: 0 }], [{ kind: 'aligned' }, { kind: 'unblock', channels: [1, 0] }]],
    );
  });

  it('gives up an older checkpoint when a newer barrier comes', () => {
    assert.deepEqual(
      feed(2, [
        [0, 1],
        [1, 2],
        [0, 2],
      ]),
      [
        [{ kind: 'block', channel: 0 }],
        [
          { kind: 'unblock', channels: [0] },
          { kind: 'block', channel: 1 },
        ],
        [{ kind: 'aligned' }, { kind: 'unblock', channels: [1] }],
      ],
    );
  });

  it('ignores a barrier that comes twice, and one of a checkpoint that is over', () => {
    assert.deepEqual(
      feed(2, [
        [0, 5],
        [0, 5],
        [1, 5],
        [1, 5],
        [0, 4],
      ]).slice(1),
      [[], [{ kind: 'aligned' }, { kind: 'unblock', channels: [0] }], [], []],
    );
  });

  it('takes exactly one snapshot per checkpoint, and leaves nothing blocked, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.nat()),
        (channels, checkpoints, choices) => {
          const next = new Array<number>(channels).fill(1);
          const blocked = new Set<number>();
          let state: Alignment = NOT_ALIGNING;
          let aligned = 0;
          for (;;) {
            // A blocked channel delivers nothing.
            const free = next.flatMap((checkpoint, channel) => (checkpoint <= checkpoints && !blocked.has(channel) ? [channel] : []));
            if (free.length === 0) break;
            const channel = free[choices.next().value % free.length] ?? 0;
            const step = align(state, channels, channel, next[channel] ?? 0);
            next[channel] = (next[channel] ?? 0) + 1;
            ({ state } = step);
            for (const effect of step.effects) {
              if (effect.kind === 'block') blocked.add(effect.channel);
              else if (effect.kind === 'unblock') effect.channels.forEach((other) => blocked.delete(other));
              else aligned++;
            }
          }
          assert.equal(aligned, checkpoints);
          assert.equal(blocked.size, 0);
        },
      ),
    );
  });
});
