import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CheckpointError, readManifest, writeManifest } from '../../../engine/checkpoint/manifest-codec.ts';
import type { CheckpointManifest, SegmentRef } from '../../../engine/checkpoint/manifest.ts';
import type { TypeDescription } from '../../../engine/state/state-type.ts';

const PATH = 'jobs/n/run-2/chk-7.json';
const SEGMENT: SegmentRef = { blob: 'ab'.repeat(32), offset: 0, length: 500, indexOffset: 400, entries: 12 };

const MANIFEST: CheckpointManifest = {
  format: 1,
  job: { notebook: 'n.stream.md', cell: 'sums' },
  run: 2,
  checkpoint: 7,
  kind: 'checkpoint',
  label: null,
  final: false,
  triggered: 1_700_000_000_000,
  completed: 1_700_000_000_100,
  pause: 0.5,
  encoding: 3,
  writing: 4,
  records: 1_000,
  watermark: 99,
  processingTime: 1_700_000_000_050,
  graphHash: 'c0ffee',
  ended: false,
  runtime: 'AAEC',
  stateBytes: 480,
  writtenBytes: 500,
  operators: [
    {
      id: '0'.repeat(32),
      uid: 'sums',
      name: 'Sum',
      kind: 'rolling',
      parallelism: 1,
      maxParallelism: 128,
      watermark: 99,
      keyed: [
        {
          name: 'sum',
          kind: 'reduce',
          entries: 12,
          bytes: 480,
          type: { name: 'POJO', of: [{ field: 'n', type: { name: 'LIST', of: [{ type: { name: 'Money', version: 2 } }] } }] },
          subtasks: [{ subtask: 0, runs: [SEGMENT] }],
        },
      ],
      subtasks: [
        {
          subtask: 0,
          watermark: '99',
          operator: [{ name: 'parts', redistribution: 'union', values: ['AA=='], type: { name: 'INT' } }],
          positions: [{ subtask: 0, split: 'a.csv', offset: 100, finished: false }],
          committables: [{ directory: 'out', pending: 'day=1/.part-2-0-1.csv.inprogress', final: 'day=1/part-2-0-1.csv', bytes: 10 }],
        },
      ],
    },
  ],
};

/** A type that is nested so deeply. */
function nested(depth: number): TypeDescription {
  return depth === 1 ? { name: 'INT' } : { name: 'LIST', of: [{ type: nested(depth - 1) }] };
}

/** What somebody writes who knows the format. */
function forged(manifest: unknown): string {
  const body = JSON.stringify(manifest);
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(body)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${body}\n${(hash >>> 0).toString(16).padStart(8, '0')}\n`;
}

/** The manifest with another value at a place such as `operators.0.name`. */
function withValue(place: string, value: unknown): unknown {
  const copy = structuredClone(MANIFEST) as unknown as Record<string, unknown>;
  const names = place.split('.');
  let at = copy;
  for (const name of names.slice(0, -1)) at = at[name] as Record<string, unknown>;
  at[names.at(-1)!] = value;
  return copy;
}

const refusal = (text: string): string => {
  try {
    readManifest(text, PATH);
  } catch (error) {
    assert.ok(error instanceof CheckpointError, String(error));
    assert.ok(error.message.startsWith(PATH), error.message);
    return `${error.reason}: ${error.message}`;
  }
  return 'accepted';
};

describe('The manifest of a checkpoint', () => {
  it('comes back as it was', () => {
    assert.deepEqual(readManifest(writeManifest(MANIFEST), PATH), MANIFEST);
    const odd = { ...MANIFEST, label: 'a "label"\n\u2028 🙂', watermark: null, job: { notebook: 'ü.stream.md', cell: '__proto__' } };
    assert.deepEqual(readManifest(writeManifest(odd), PATH), odd);
    assert.equal(writeManifest(MANIFEST), forged(MANIFEST));
  });

  it('tells every flipped bit, every truncation, and anything behind its end', () => {
    const bytes = Buffer.from(writeManifest(MANIFEST));
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << bit;
        assert.match(refusal(flipped.toString('utf8')), /^corrupt/, `bit ${bit} of byte ${at}`);
      }
      assert.match(refusal(bytes.subarray(0, at).toString('utf8')), /^corrupt/, `the first ${at} bytes`);
    }
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (more) => {
        assert.match(refusal(writeManifest(MANIFEST) + more), /^corrupt/);
      }),
    );
  });

  it('of a newer format is refused with what to do', () => {
    assert.match(refusal(forged({ format: 2, whatever: [] })), /^newer: .*newer version of Streambook \(format 2; .*up to 1\)\. Update/);
  });

  const hostile: readonly (readonly [place: string, value: unknown, says: RegExp])[] = [
    ['format', '1', /format/],
    ['job', null, /job is missing/],
    ['job.cell', 3, /job\.cell is no text/],
    ['run', 0, /run is out of range/],
    ['checkpoint', 1.5, /checkpoint is out of range/],
    ['kind', 'constructor', /kind has an unknown value/],
    ['records', -1, /records/],
    ['watermark', 'soon', /watermark is no number/],
    ['runtime', '*', /runtime is no base64/],
    ['operators', {}, /operators is no list/],
    ['operators.0.name', undefined, /operators\[0\]\.name is no text/],
    ['operators.0.maxParallelism', 1e9, /maxParallelism/],
    ['operators.0.keyed.0.kind', 'set', /keyed\[0\]\.kind/],
    ['operators.0.keyed.0.subtasks.0.runs.0.blob', '../../../etc/passwd', /blob is no name of a blob/],
    ['operators.0.keyed.0.subtasks.0.runs.0.blob', 'AB'.repeat(32), /blob is no name of a blob/],
    ['operators.0.keyed.0.subtasks.0.runs.0.blob', `${'ab'.repeat(32)}\n`, /blob is no name of a blob/],
    ['operators.0.keyed.0.subtasks.0.runs.0.offset', -1, /offset/],
    ['operators.0.keyed.0.subtasks.0.runs.0.indexOffset', 500, /index of a segment is outside/],
    ['operators.0.keyed.0.subtasks.1', { subtask: 0, runs: [] }, /subtasks of the same name/],
    ['operators.0.keyed.1', MANIFEST.operators[0]?.keyed[0], /states of the same name/],
    ['operators.1', MANIFEST.operators[0], /operators of the same name/],
    ['operators.0.keyed.0.subtasks.0.runs', new Array(10_001).fill(SEGMENT), /10001 segments; the limit is 10000/],
    ['operators.0.keyed.0.type.of', 'n', /type\.of is no list/],
    ['operators.0.keyed.0.type.of.0.type', { of: [] }, /type\.of\[0\]\.type\.name is no text/],
    ['operators.0.keyed.0.type', nested(101), /is nested too deeply/],
    ['operators.0.subtasks.0.operator.0.type', { name: 'Money', version: -1 }, /type\.version is out of range/],
    ['operators.0.subtasks.0.watermark', 'NaN', /watermark is no watermark/],
    ['operators.0.subtasks.0.operator.0.redistribution', 'all', /redistribution/],
    ['operators.0.subtasks.0.committables.0.final', '../part-2-0-1.csv', /final leads out/],
    ['operators.0.subtasks.0.committables.0.final', '/etc/passwd', /final leads out/],
    ['operators.0.subtasks.0.committables.0.final', 'day=1\\..\\x', /final leads out/],
    ['operators.0.subtasks.0.committables.0.pending', 'notes.md', /pending is not the unfinished file/],
  ];
  for (const [place, value, says] of hostile) {
    it(`with ${(value === undefined ? 'nothing' : JSON.stringify(value)).slice(0, 30)} as ${place} is refused, however well it was made`, () => {
      const made = withValue(place, value);
      assert.match(refusal(forged(made)), new RegExp(`^corrupt: .*${says.source}`));
      if (place !== 'format')
        assert.throws(() => writeManifest(made as CheckpointManifest), /^CheckpointError: Checkpoint .* cannot be stored/);
    });
  }

  it('takes every watermark that a job can have', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true }), fc.integer()), (watermark) => {
        const made = withValue('operators.0.subtasks.0.watermark', String(watermark)) as CheckpointManifest;
        assert.deepEqual(readManifest(writeManifest(made), PATH), made);
      }),
    );
  });

  it('is refused by its size before anything is made of it', () => {
    assert.match(refusal(' '.repeat(8 * 1024 * 1024 + 1)), /^corrupt: .*more than 8388608 bytes/);
  });
});
