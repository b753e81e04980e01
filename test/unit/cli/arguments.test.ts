import assert from 'node:assert/strict';
import { parseArguments } from '../../../src/cli/arguments.ts';

describe('the arguments of run', () => {
  it('take Flink’s options for the folder of checkpoints and the one to start from, by the names of today and of Flink 1', () => {
    const parsed = parseArguments([
      ...['run', 'n.stream.md', '--set', 'state.checkpoints.dir=chk', '--set', 'execution.state-recovery.path=3/12'],
      ...['--set', 'parallelism.default=2'],
    ]);
    assert.ok(parsed.kind === 'run');
    assert.deepEqual([parsed.stateDir, parsed.restore, parsed.overrides], ['chk', '3/12', { 'parallelism.default': '2' }]);
    const today = parseArguments(['run', 'n', '--set', 'state.checkpoints.dir=old', '--set', 'execution.checkpointing.dir=new']);
    assert.ok(today.kind === 'run');
    assert.deepEqual([today.stateDir, today.restore, today.overrides], ['new', null, {}]);
    const flag = parseArguments([
      'run',
      'n',
      '--state-dir',
      'flag',
      '--restore',
      'latest',
      '--set',
      'execution.checkpointing.interval=1 s',
    ]);
    assert.ok(flag.kind === 'run');
    assert.deepEqual([flag.stateDir, flag.restore, flag.overrides], ['flag', 'latest', { 'execution.checkpointing.interval': '1 s' }]);
  });
});
