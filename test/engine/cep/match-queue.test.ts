import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MatchQueue } from '../../../engine/cep/match-queue.ts';

interface Entry {
  readonly rank: number;
  readonly name: string;
}

const byRank = (first: Entry, second: Entry): number => first.rank - second.rank;
const entries = (text: string): readonly Entry[] => text.split(' ').map((name) => ({ rank: Number(name.slice(1)), name }));
const names = (queue: MatchQueue<Entry>): string => queue.elements.map(({ name }) => name).join(' ');

function drain(queue: MatchQueue<Entry>): string {
  const order: string[] = [];
  for (let entry = queue.poll(); entry !== undefined; entry = queue.poll()) order.push(entry.name);
  return order.join(' ');
}

describe('the queue of matches', () => {
  it('has the order of java.util.PriorityQueue among equals: the last one moves to the top', () => {
    const queue = new MatchQueue(byRank);
    queue.addAll(entries('a1 b1 c1 d1'));
    assert.equal(names(queue), 'a1 b1 c1 d1');
    queue.poll();
    assert.equal(names(queue), 'd1 b1 c1');
    assert.equal(drain(queue), 'd1 c1 b1');
  });

  it('moves up what is smaller, only', () => {
    const queue = new MatchQueue(byRank);
    queue.addAll(entries('a3 b2 c3 d1 e2'));
    assert.equal(names(queue), 'd1 b2 c3 a3 e2');
    assert.equal(drain(queue), 'd1 e2 b2 c3 a3');
  });

  it('keeps the rest in place when some are removed, and is a heap again', () => {
    const queue = new MatchQueue(byRank, entries('a1 b2 c1 d3 e2 f1'));
    queue.removeIf(({ name }) => name === 'a1');
    assert.equal(names(queue), 'c1 f1 d3 e2 b2');
  });

  it('gives everything in order of rank, whatever was removed', () => {
    const entry = fc.record({ rank: fc.nat(4), name: fc.constantFrom('keep', 'drop') });
    fc.assert(
      fc.property(fc.array(entry), (list) => {
        const queue = new MatchQueue(byRank);
        queue.addAll(list);
        queue.removeIf(({ name }) => name === 'drop');
        const ranks: number[] = [];
        for (let next = queue.poll(); next !== undefined; next = queue.poll()) ranks.push(next.rank);
        const kept = list.filter(({ name }) => name === 'keep').map(({ rank }) => rank);
        assert.deepEqual(
          ranks,
          kept.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
