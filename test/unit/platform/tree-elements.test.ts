import assert from 'node:assert/strict';
import { TreeElements } from '../../../src/platform/tree-elements.ts';

interface Row {
  readonly id: string;
  readonly text: string;
}

const row = (id: string, text = ''): Row => ({ id, text });

describe('the elements of a tree', () => {
  it('stay the same objects as long as their rows are there, with what is in them now', () => {
    const elements = new TreeElements<Row>(({ id }) => id);
    const [a, b] = elements.update(null, [row('a', 'one'), row('b')]);
    const [again, c] = elements.update(null, [row('a', 'two'), row('c')]);
    assert.equal(again, a);
    assert.equal(a?.node.text, 'two');
    assert.equal(elements.of(row('b')), null);
    assert.notEqual(elements.update(null, [row('b'), row('c')])[0], b, 'one that was gone is another');
    assert.equal(elements.of(row('c')), c);
  });

  it('are forgotten with all that is below them', () => {
    const elements = new TreeElements<Row>(({ id }) => id);
    const [a] = elements.update(null, [row('a')]);
    const [child] = elements.update(a ?? null, [row('a/1'), row('a/2')]);
    elements.update(child ?? null, [row('a/1/x')]);
    elements.update(a ?? null, [row('a/2')]);
    assert.equal(elements.of(row('a/1')), null);
    assert.equal(elements.of(row('a/1/x')), null);
    assert.notEqual(elements.of(row('a/2')), null);
    elements.update(null, []);
    assert.equal(elements.of(row('a/2')), null);
  });
});
