import assert from 'node:assert/strict';
import { display } from '../../../engine/api/display.ts';
import { INFERRED_DISPLAY } from '../../../engine/graph/display-options.ts';
import { start, startFailure } from '../job.ts';

describe('Options of a display', () => {
  it('come out of the job with its displays', () => {
    const executor = start((env) => {
      const numbers = env.fromSequence(1, 3);
      display(numbers);
      display(numbers, { name: 'second', view: 'changelog', mark: 'area', x: '$timestamp', y: 'value', color: '$key', maxRows: 7 });
      display(numbers, { name: undefined, y: undefined, view: null });
    });
    assert.deepEqual(
      executor.displays.map(({ options }) => options),
      [INFERRED_DISPLAY, { view: 'changelog', mark: 'area', x: '$timestamp', y: 'value', color: '$key', maxRows: 7 }, INFERRED_DISPLAY],
    );
    assert.equal(executor.displays[1]?.name, 'second');
  });

  for (const [given, message, hint] of [
    [{ mark: 'bars' }, "Option 'mark' of display needs 'bar', 'line', 'area', 'point', 'number', not bars.", "Did you mean 'bar'?"],
    [{ mark: 3 }, "Option 'mark' of display needs 'bar', 'line', 'area', 'point', 'number', not 3.", null],
    [{ view: 'graph' }, "Option 'view' of display needs 'chart', 'table', 'changelog', not graph.", 'There are chart, table, changelog.'],
    [{ x: 1 }, "Option 'x' of display needs the name of a field such as 'count', or '$key', not 1.", null],
    [{ y: '' }, "Option 'y' of display needs the name of a field such as 'count', or '$key', not .", null],
    [{ color: ['a'] }, `Option 'color' of display needs the name of a field such as 'count', or '$key', not ["a"].`, null],
    [{ maxRows: 0 }, "Option 'maxRows' of display needs a whole number above 0, not 0.", null],
    [{ maxRows: '10' }, "Option 'maxRows' of display needs a whole number above 0, not 10.", null],
    [{ name: 5 }, "Option 'name' of display needs a text, not 5.", null],
    [{ colour: 'a' }, "Unknown option 'colour' of display.", "Did you mean 'color'?"],
    ['counts', 'The options of display are an object, not counts.', "For example display(stream, { name: 'counts' })."],
  ] as const) {
    it(`refuses ${JSON.stringify(given)} at its place`, () => {
      const failure = startFailure((env) => display(env.fromSequence(1, 3), given));
      assert.deepEqual([failure.errorName, failure.message, failure.hint], ['IllegalArgumentException', message, hint]);
      assert.notEqual(failure.location, null);
    });
  }
});
