import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ActiveRun, type RunCommand, type RunEvent, type RunState, step } from '../../../src/notebook/running/run-reducer.ts';

const STAGES = ['queued', 'compiling', 'starting', 'running'] as const;

function at(stage: ActiveRun['stage'], change: Partial<ActiveRun> = {}): ActiveRun {
  return { run: 7, stage, stopping: false, silent: false, again: false, ...change };
}

function play(events: readonly RunEvent[]): { state: RunState; commands: string[] } {
  let state: RunState = null;
  const commands: string[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    commands.push(...next.commands.map(describeCommand));
  }
  return { state, commands };
}

function describeCommand(command: RunCommand): string {
  const detail = command.type === 'finish' ? ` ${command.end}` : command.type === 'kill-worker' ? ` ${command.reason}` : '';
  return command.type + detail;
}

describe('the life of a run', () => {
  it('goes from the queue over compiling and starting to its end', () => {
    const { state, commands } = play([
      { type: 'run', run: 1 },
      { type: 'admitted', run: 1 },
      { type: 'compiled', run: 1, ok: true },
      { type: 'started', run: 1 },
      { type: 'ended', run: 1, end: 'finished' },
    ]);
    assert.equal(state, null);
    assert.deepEqual(commands, ['enqueue', 'compile', 'start-worker', 'finish finished']);
  });

  it('ends at once when the cell does not compile', () => {
    assert.deepEqual(step(at('compiling'), { type: 'compiled', run: 7, ok: false }), {
      state: null,
      commands: [{ type: 'finish', run: 7, end: 'failed' }],
    });
  });

  it('stops a job on the first interrupt and kills it on the second', () => {
    const first = step(at('running'), { type: 'interrupt' });
    assert.deepEqual(first.commands.map(describeCommand), ['request-stop']);
    const second = step(first.state, { type: 'interrupt' });
    assert.deepEqual(second.commands.map(describeCommand), ['kill-worker asked', 'finish failed']);
  });

  it('needs no worker to stop what waits or compiles', () => {
    for (const stage of ['queued', 'compiling'] as const) {
      assert.deepEqual(step(at(stage), { type: 'interrupt' }).commands.map(describeCommand), ['finish stopped'], stage);
    }
  });

  it('asks before it kills a job that does not respond, but not a user who already stopped it', () => {
    assert.deepEqual(step(at('running'), { type: 'silent', run: 7 }).commands.map(describeCommand), ['ask-kill']);
    const stopping = step(at('running', { stopping: true }), { type: 'silent', run: 7 });
    assert.deepEqual(stopping.commands.map(describeCommand), ['kill-worker silent', 'finish failed']);
    const silent = step(at('starting', { silent: true }), { type: 'interrupt' });
    assert.deepEqual(silent.commands.map(describeCommand), ['kill-worker silent', 'finish failed']);
    assert.deepEqual(step(at('running', { silent: true }), { type: 'responsive', run: 7 }).state, at('running'));
  });

  it('restarts a job by stopping it first', () => {
    const asked = step(at('running'), { type: 'run', run: 8 });
    assert.deepEqual(asked.commands.map(describeCommand), ['request-stop']);
    const ended = step(asked.state, { type: 'ended', run: 7, end: 'stopped' });
    assert.deepEqual(ended.commands.map(describeCommand), ['finish stopped', 'run-again']);
    const killed = step(asked.state, { type: 'kill' });
    assert.deepEqual(killed.commands.map(describeCommand), ['kill-worker asked', 'finish failed'], 'who kills does not want it again');
  });

  it('ends quietly when the cell is removed', () => {
    assert.deepEqual(step(at('running'), { type: 'removed' }).commands.map(describeCommand), ['kill-worker removed', 'finish stopped']);
  });

  it('fails when the worker is lost', () => {
    for (const stage of ['starting', 'running'] as const) {
      assert.deepEqual(step(at(stage), { type: 'lost', run: 7 }).commands.map(describeCommand), ['finish failed']);
    }
  });

  const run = fc.integer({ min: 6, max: 8 });
  const event: fc.Arbitrary<RunEvent> = fc.oneof(
    fc.record({ type: fc.constantFrom('run' as const, 'admitted' as const, 'started' as const, 'lost' as const), run }),
    fc.record({ type: fc.constantFrom('silent' as const, 'responsive' as const), run }),
    fc.record({ type: fc.constantFrom('interrupt' as const, 'kill' as const, 'removed' as const) }),
    fc.record({ type: fc.constant('compiled' as const), run, ok: fc.boolean() }),
    fc.record({
      type: fc.constant('ended' as const),
      run,
      end: fc.constantFrom('finished' as const, 'failed' as const, 'stopped' as const),
    }),
  );

  it('ignores events of other runs in every state', () => {
    const states = STAGES.flatMap((stage) => [false, true].map((stopping) => at(stage, { stopping })));
    fc.assert(
      fc.property(fc.constantFrom(...states), event, (state, other) => {
        fc.pre('run' in other && other.type !== 'run' && other.run !== 7);
        assert.deepEqual(step(state, other), { state, commands: [] });
      }),
    );
  });

  it('finishes every run exactly once, and starts a worker only for a run that goes on', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state: RunState = null;
        let open = 0;
        for (const next of events) {
          const before: RunState = state;
          const result = step(state, next);
          state = result.state;
          for (const command of result.commands) {
            open += command.type === 'enqueue' ? 1 : command.type === 'finish' ? -1 : 0;
            if (command.type === 'start-worker') {
              assert.equal(before?.stage, 'compiling');
            }
          }
          assert.equal(open, state === null ? 0 : 1);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
