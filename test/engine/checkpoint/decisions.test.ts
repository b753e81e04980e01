import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CheckpointSettings,
  coordinate,
  type CoordinatorEffect,
  type CoordinatorEvent,
  mayEnd,
  newCoordinator,
} from '../../../engine/checkpoint/coordinator.ts';
import { decideRestart, type FailureEvent, NEVER_FAILED } from '../../../engine/failover/restart-strategy.ts';
import type { JobFailure } from '../../../engine/runtime/job.ts';

const SETTINGS: CheckpointSettings = { interval: 100, minPause: 0, timeout: 1_000, tolerableFailures: 0, afterTasksFinish: true };
const SAVEPOINT = { kind: 'savepoint', label: 'mine', ticket: 1 } as const;

function play(
  events: readonly CoordinatorEvent[],
  settings: CheckpointSettings = SETTINGS,
): { readonly effects: string[]; readonly done: boolean } {
  let state = newCoordinator(settings, 0);
  const effects: string[] = [];
  const text = (effect: CoordinatorEffect): string => {
    if (effect.kind === 'trigger')
      return `trigger ${effect.checkpoint} ${effect.request.kind}${effect.full ? ' full' : ''}${effect.final ? ' final' : ''}`;
    return effect.kind === 'fail-job' ? 'fail-job' : `${effect.kind} ${effect.checkpoint}`;
  };
  for (const event of events) {
    const step = coordinate(state, event, settings);
    ({ state } = step);
    effects.push(...step.effects.map(text));
  }
  return { effects, done: mayEnd(state, settings) };
}

describe('The coordinator of checkpoints', () => {
  it('triggers by interval, one at a time, the first full and the next as deltas', () => {
    const { effects } = play([
      { kind: 'tick', now: 99 },
      { kind: 'tick', now: 100 },
      { kind: 'tick', now: 250 },
      { kind: 'published', checkpoint: 1, bytes: 10, now: 260 },
      { kind: 'published', checkpoint: 2, bytes: 10, now: 270 },
    ]);
    assert.deepEqual(effects, ['trigger 1 checkpoint full', 'complete 1', 'trigger 2 checkpoint', 'complete 2']);
  });

  it('waits for the pause after a completion', () => {
    const events: CoordinatorEvent[] = [
      { kind: 'tick', now: 100 },
      { kind: 'published', checkpoint: 1, bytes: 10, now: 190 },
      { kind: 'tick', now: 239 },
      { kind: 'tick', now: 240 },
    ];
    assert.deepEqual(play(events, { ...SETTINGS, minPause: 50 }).effects, [
      'trigger 1 checkpoint full',
      'complete 1',
      'trigger 2 checkpoint',
    ]);
  });

  it('takes up a savepoint after the one under way, in full', () => {
    const { effects } = play([
      { kind: 'tick', now: 100 },
      { kind: 'request', request: SAVEPOINT, now: 110 },
      { kind: 'published', checkpoint: 1, bytes: 10, now: 120 },
    ]);
    assert.deepEqual(effects, ['trigger 1 checkpoint full', 'complete 1', 'trigger 2 savepoint full']);
  });

  it('gives up what takes too long, counts it, and takes the next in full', () => {
    const events: CoordinatorEvent[] = [
      { kind: 'tick', now: 100 },
      { kind: 'tick', now: 1_101 },
      { kind: 'published', checkpoint: 1, bytes: 10, now: 1_102 },
    ];
    assert.deepEqual(play(events, { ...SETTINGS, tolerableFailures: 1 }).effects, [
      'trigger 1 checkpoint full',
      'abort 1',
      'trigger 2 checkpoint full',
    ]);
    assert.deepEqual(play(events).effects, ['trigger 1 checkpoint full', 'abort 1', 'fail-job']);
  });

  it('does not let the job end before a last checkpoint, unless that is switched off', () => {
    const ended: CoordinatorEvent[] = [{ kind: 'ended', now: 10 }];
    assert.deepEqual(play(ended), { effects: ['trigger 1 checkpoint full final'], done: false });
    assert.deepEqual(play([...ended, { kind: 'published', checkpoint: 1, bytes: 10, now: 20 }]), {
      effects: ['trigger 1 checkpoint full final', 'complete 1'],
      done: true,
    });
    assert.equal(play(ended, { ...SETTINGS, afterTasksFinish: false }).done, true);
  });

  it('writes everything again after seven deltas, or when they have more bytes than that', () => {
    const fulls = (bytes: readonly number[]): readonly number[] => {
      const events = bytes.flatMap((written, at): CoordinatorEvent[] => [
        { kind: 'tick', now: (at + 1) * 100 },
        { kind: 'published', checkpoint: at + 1, bytes: written, now: (at + 1) * 100 + 1 },
      ]);
      return play(events).effects.flatMap((effect) => (effect.endsWith('full') ? Number(effect.split(' ')[1]) : []));
    };
    const mebibytes = (...sizes: readonly number[]): readonly number[] => sizes.map((size) => size * 1024 * 1024);
    assert.deepEqual(fulls(new Array<number>(18).fill(100)), [1, 9, 17]);
    assert.deepEqual(fulls(mebibytes(10, 4, 4, 4, 10, 10, 1, 10)), [1, 5, 8], 'after more than ten of deltas');
    assert.deepEqual(fulls(mebibytes(0, 0.25, 0.5, 0.25, 0.25, 0, 0)), [1, 6], 'small ones do not matter');
  });

  it('keeps interval and pause between any two periodic ones, and never more than the timeout under way', () => {
    fc.assert(
      fc.property(
        fc.record({ interval: fc.integer({ min: 1, max: 300 }), minPause: fc.nat(300), timeout: fc.integer({ min: 1, max: 500 }) }),
        fc.array(fc.tuple(fc.constantFrom('tick', 'published', 'failed'), fc.nat(200)), { maxLength: 60 }),
        (times, steps) => {
          const settings = { ...SETTINGS, ...times, tolerableFailures: 100 };
          let state = newCoordinator(settings, 0);
          let [now, triggered, over] = [0, 0, Number.NEGATIVE_INFINITY];
          for (const [kind, pass] of steps) {
            now += pass;
            const checkpoint = state.pending?.checkpoint ?? 0;
            const event: CoordinatorEvent =
              kind === 'tick'
                ? { kind, now }
                : kind === 'published'
                  ? { kind, checkpoint, bytes: 10, now }
                  : { kind: 'failed', checkpoint, reason: 'x', now };
            const step = coordinate(state, event, settings);
            ({ state } = step);
            for (const effect of step.effects) {
              if (effect.kind === 'trigger') {
                assert.ok(now - triggered >= times.interval, `${now - triggered} ms after the last was triggered`);
                assert.ok(now - over >= times.minPause, `${now - over} ms after the last was over`);
                triggered = now;
              } else over = now;
            }
            if (kind === 'tick' && state.pending !== null) assert.ok(now - state.pending.since <= times.timeout);
          }
        },
      ),
    );
  });

  it('has at most one under way, with numbers that grow by one, whatever happens', () => {
    const event = fc.oneof(
      fc.constant('tick' as const),
      fc.constant('published' as const),
      fc.constant('failed' as const),
      fc.constant('request' as const),
      fc.constant('ended' as const),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(400))), fc.nat(3), (steps, tolerableFailures) => {
        const settings = { ...SETTINGS, tolerableFailures };
        let state = newCoordinator(settings, 0, 4);
        let now = 0;
        let pending: number | null = null;
        let last = 4;
        for (const [kind, pass] of steps) {
          now += pass;
          const at = state.pending?.checkpoint ?? last;
          const message: CoordinatorEvent =
            kind === 'published'
              ? { kind, checkpoint: at, bytes: 10, now }
              : kind === 'failed'
                ? { kind, checkpoint: at, reason: 'x', now }
                : kind === 'request'
                  ? { kind, request: SAVEPOINT, now }
                  : { kind, now };
          const step = coordinate(state, message, settings);
          ({ state } = step);
          for (const effect of step.effects) {
            if (effect.kind === 'complete' || effect.kind === 'abort') {
              assert.equal(effect.checkpoint, pending);
              pending = null;
            } else if (effect.kind === 'trigger') {
              assert.equal(pending, null);
              assert.equal(effect.checkpoint, last + 1);
              last = effect.checkpoint;
              pending = last;
            }
          }
        }
        assert.equal(state.pending?.checkpoint ?? null, pending);
      }),
    );
  });
});

describe('The restart strategy', () => {
  const failure = (recordNumber: number | null, id = 3): JobFailure => ({
    errorName: 'TypeError',
    message: 'no',
    operator: { id, name: 'Map', uid: null },
    location: null,
    record: null,
    recordNumber,
    source: null,
    file: null,
    hint: null,
    stack: null,
  });
  const event = (what: JobFailure, now = 0, draw = 0): FailureEvent => ({ failure: what, now, draw });
  const fixed = { type: 'fixed-delay', attempts: 2, delay: 1_000 } as const;

  it('restarts after the delay until the attempts are used up', () => {
    let state = NEVER_FAILED;
    const decisions = [10, 20, 30].map((record) => {
      const step = decideRestart(state, event(failure(record)), fixed);
      ({ state } = step);
      return step.decision;
    });
    assert.deepEqual(decisions, [
      { kind: 'restart', delay: 1_000, attempt: 1 },
      { kind: 'restart', delay: 1_000, attempt: 2 },
      { kind: 'fail', reason: 'exhausted' },
    ]);
  });

  it('fails at once when the error comes back at the same record and operator, or when there is no strategy', () => {
    const { state } = decideRestart(NEVER_FAILED, event(failure(10)), fixed);
    assert.deepEqual(decideRestart(state, event(failure(10)), fixed).decision, { kind: 'fail', reason: 'repeated' });
    assert.equal(decideRestart(state, event(failure(10, 4)), fixed).decision.kind, 'restart');
    assert.equal(
      decideRestart(decideRestart(NEVER_FAILED, event(failure(null)), fixed).state, event(failure(null)), fixed).decision.kind,
      'restart',
    );
    assert.deepEqual(decideRestart(NEVER_FAILED, event(failure(10)), { type: 'none' }).decision, { kind: 'fail', reason: 'none' });
  });

  it('does not restart what an error says is hopeless', () => {
    const hopeless = { ...failure(10), suppressesRestarts: true };
    assert.deepEqual(decideRestart(NEVER_FAILED, event(hopeless), fixed).decision, { kind: 'fail', reason: 'suppressed' });
  });

  it('keeps the jitter of an exponential delay within its share and the limits', () => {
    const strategy = {
      type: 'exponential-delay',
      initialBackoff: 1_000,
      maxBackoff: 10_000,
      multiplier: 2,
      resetThreshold: 5_000,
      jitterFactor: 0.1,
      attemptsBeforeReset: Number.POSITIVE_INFINITY,
    } as const;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.nat(4_000)), { maxLength: 2_000 }), (failures) => {
        let state = NEVER_FAILED;
        let now = 0;
        let exact = 1_000;
        for (const [index, [draw, running]] of failures.entries()) {
          now += running + 1;
          const step = decideRestart(state, event(failure(index + 1), now, draw), strategy);
          ({ state } = step);
          assert.ok(step.decision.kind === 'restart');
          const { delay } = step.decision;
          assert.ok(delay >= Math.max(1_000, exact * 0.9 - 1) && delay <= Math.min(10_000, exact * 1.1), `${delay} of ${exact}`);
          now += delay;
          exact = Math.min(10_000, exact * 2);
        }
      }),
      { numRuns: 100 },
    );
  });
});
