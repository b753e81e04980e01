import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareBytes } from '../../../engine/state/byte-writer.ts';
import { EntryBuffer } from '../../../engine/state/entry-buffer.ts';
import { decodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { decodeValue, writeStored } from '../../../engine/state/stored-value.ts';

const STATE = { name: 's', kind: 'value', mode: 'delta', entries: 0, bytes: 0 } as const;

describe('Entries on their way into a checkpoint', () => {
  /** Many begin alike, so that the first bytes alone do not order them. */
  const key = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.string(),
    fc.constantFrom('customer ', '').chain((head) => fc.nat(30).map((n) => `${head}${n}`)),
  );

  it('come out by key group and by the bytes of their keys, each once', () => {
    const change = fc.tuple(fc.nat(2), key, fc.option(fc.nat()));
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const buffer = new EntryBuffer();
        const model = new Map<string, number | null>();
        const name = (keyGroup: number, of: unknown): string => `${keyGroup} ${Object.is(of, -0) ? '-0' : JSON.stringify(of)}`;
        for (const [keyGroup, of, value] of changes) {
          // As a table does: what is gone is said once, what there is once.
          const known = model.get(name(keyGroup, of));
          if (known !== undefined && (known !== null || value === null)) continue;
          model.set(name(keyGroup, of), value);
          buffer.add(keyGroup, of, undefined, undefined, value === null ? null : (writer) => writeStored(writer, value));
        }
        const found: [string, number | null][] = [];
        let before: Uint8Array | null = null;
        for (const { keyGroup, keys, values } of buffer.finish(STATE).groups) {
          for (const [at, bytes] of keys.entries()) {
            assert.ok(before === null || compareBytes(before, bytes) < 0, 'in order');
            before = bytes;
            const value = values[at] ?? null;
            assert.equal(decodeEntryKey(bytes).keyGroup, keyGroup);
            found.push([name(keyGroup, decodeEntryKey(bytes).key), value === null ? null : Number(decodeValue(value))]);
          }
        }
        assert.deepEqual(new Map(found), model);
        assert.equal(found.length, model.size);
      }),
    );
  });
});
