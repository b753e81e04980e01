import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { RecordingError } from './format.ts';

/** Bytes before the content of a frame. */
export const FRAME_HEAD = 8;

/** Bytes of the frame that begins so; 0 when that is no whole head. */
export function frameLength(head: Buffer): number {
  return head.length < FRAME_HEAD ? 0 : FRAME_HEAD + head.readUInt32BE(0);
}

export function frameOf(value: unknown): Uint8Array {
  const bytes = serialize(value);
  const frame = Buffer.alloc(FRAME_HEAD + bytes.length);
  frame.writeUInt32BE(bytes.length, 0);
  frame.writeUInt32BE(crc32(bytes), 4);
  bytes.copy(frame, FRAME_HEAD);
  return frame;
}

/** The values in a file. What a killed worker had not written to its end is left out. Throws RecordingError for bytes that are not what they were. */
export function* framesIn(file: Uint8Array): Iterable<unknown> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at + FRAME_HEAD <= bytes.length; ) {
    const end = at + FRAME_HEAD + bytes.readUInt32BE(at);
    if (end > bytes.length) return;
    const content = bytes.subarray(at + FRAME_HEAD, end);
    if (crc32(content) !== bytes.readUInt32BE(at + 4)) throw damaged(at);
    yield read(content, at);
    at = end;
  }
}

function read(content: Uint8Array, at: number): unknown {
  try {
    return deserialize(content);
  } catch {
    throw damaged(at);
  }
}

function damaged(at: number): RecordingError {
  return new RecordingError(`The recording of the run is damaged at byte ${at}. Run the cell again to record it anew.`);
}
