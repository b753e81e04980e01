import assert from 'node:assert/strict';
import type { JobFailure } from '../../../engine/runtime/job.ts';
import { describeFailure, errorText } from '../../../src/output/failure.ts';
import type { ProgramCell } from '../../../src/program/types.ts';

const CELLS: readonly ProgramCell[] = [
  { id: 'cell-1', number: 1, name: null, text: '', firstLine: 1, lineCount: 1, sourceMap: '' },
  { id: 'cell-2', number: 2, name: 'word-count', text: '', firstLine: 2, lineCount: 1, sourceMap: '' },
];

const FAILURE: JobFailure = {
  errorName: 'TypeError',
  message: "Cannot read properties of undefined (reading 'toLowerCase')",
  operator: { id: 3, name: 'flatMap', uid: null },
  location: { cell: 1, line: 2, column: 24 },
  record: '{ txt: "a" }',
  recordNumber: 7_402,
  source: 'lines',
  file: null,
  hint: null,
  stack: null,
};

describe('failures', () => {
  it('names error, operator, place and record', () => {
    const error = describeFailure(FAILURE, CELLS);
    assert.deepEqual(error.place, { cell: 'cell-2', cellLabel: 'cell word-count', line: 2, column: 24 });
    assert.equal(
      errorText(error),
      "TypeError: Cannot read properties of undefined (reading 'toLowerCase')\nin flatMap, cell word-count, line 2, column 24, at record 7,402 of lines",
    );
  });

  it('does without what is not known', () => {
    const error = describeFailure(
      { ...FAILURE, errorName: 'Error', operator: null, location: null, recordNumber: null, source: null },
      CELLS,
    );
    assert.equal(errorText(error), FAILURE.message);
    assert.equal(describeFailure({ ...FAILURE, location: { cell: 0, line: 1, column: 1 } }, CELLS).place?.cellLabel, 'cell 1');
    assert.equal(describeFailure({ ...FAILURE, location: { cell: 9, line: 1, column: 1 } }, CELLS).place, null);
  });

  it('shows the file and line of a record that could not be read, and the hint', () => {
    const error = describeFailure(
      { ...FAILURE, location: null, operator: null, file: { path: 'data/a.csv', line: 7, offset: 91 }, hint: 'Check the columns.' },
      CELLS,
    );
    assert.match(errorText(error), /data\/a\.csv, line 7\nCheck the columns\.$/);
  });
});
