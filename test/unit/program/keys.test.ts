import assert from 'node:assert/strict';
import { cellsOf, compiler, summary } from './compiling.ts';

const RECORDS = `interface Id { shop: string; at: Date }
interface Row { id: Id; tags: string[]; bytes: Uint8Array; at: Date; big: bigint; pair: [string, number]; name: string; deep: { id: Id; list: readonly Id[] };
  maybe?: string; none: string | null; partly: { a?: string }; nullable: { a: number | null }; loaded: Promise<string>; map: Map<string, string>; call: () => string; unknown: unknown;
  inner: { p: Promise<string> }; size: 'S' | 'L' }
declare const rows: DataStream<Row>;`;

function messages(cell: string): readonly string[] {
  const cells = cellsOf(RECORDS, cell);
  const found = compiler.diagnose(cells);
  return summary(cells, found).map((line, at) => `${line}: ${found[at]?.message ?? ''}`);
}

describe('the types of keys', () => {
  it('are all plain data: interfaces, dates, bytes, arrays, and what is made of them', () => {
    const fields = ['id', 'tags', 'bytes', 'at', 'big', 'pair', 'name', 'deep', 'size'];
    assert.deepEqual(
      messages(
        fields
          .map((field) => `rows.keyBy('${field}'); rows.keyBy(row => row.${field}); rows.keyBy({ getKey: row => row.${field} });`)
          .join('\n'),
      ),
      [],
    );
    assert.deepEqual(
      messages("rows.keyBy('id', 'at', 'name'); rows.keyBy(row => ({ id: row.id, tags: row.tags })); rows.keyBy((row): Id => row.id)"),
      [],
    );
  });

  it('keep what they are: tuples, literals, several fields', () => {
    assert.deepEqual(
      messages(`const key = <K>(stream: KeyedStream<Row, K>): K => { throw stream; };
const pair: [string, Date] = key(rows.keyBy(row => [row.name, row.at]));
const fields: [string, Id] = key(rows.keyBy('name', 'id'));
const size: 'S' | 'L' = key(rows.keyBy(row => row.size));
const id: Id = key(rows.keyBy('id'));
const at: Date = key(rows.keyBy(row => row.at));`),
      [],
    );
  });

  it('are not promises, not optional or nullable, and nothing that is more than data', () => {
    for (const field of ['maybe', 'none', 'partly', 'nullable', 'loaded', 'map', 'call', 'unknown', 'inner']) {
      assert.equal(messages(`rows.keyBy('${field}');`).length, 1, field);
      assert.equal(messages(`rows.keyBy(row => row.${field});`).length, 1, field);
      assert.equal(messages(`rows.keyBy(row => [row.name, row.${field}]);`).length, 1, field);
    }
    assert.equal(messages('rows.keyBy(async row => row.name);').length, 1);
    assert.equal(messages('rows.keyBy(row => { row.name; });').length, 1);
  });
});
