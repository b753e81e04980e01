import { writeSync } from 'node:fs';

/** Standard output, written synchronously: a slow reader slows the job down instead of filling the memory. */
export class StandardStreams {
  /** The reader of standard output is gone: whoever writes should end quietly. */
  closed = false;

  out(text: string): void {
    if (this.closed || text === '') return;
    try {
      writeAll(1, text);
    } catch (error) {
      if (!isClosedPipe(error)) throw error;
      this.closed = true;
    }
  }

  err(text: string): void {
    try {
      writeAll(2, text);
    } catch (error) {
      // With nobody to read the messages, there is nobody to tell.
      if (!isClosedPipe(error)) throw error;
    }
  }
}

const RETRY_MILLISECONDS = 2;

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      // A pipe that another process made non-blocking is full: wait for its reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MILLISECONDS);
    }
  }
}

function isClosedPipe(error: unknown): boolean {
  const code = codeOf(error);
  // Windows says EOF.
  return code === 'EPIPE' || code === 'EOF' || code === 'ECONNRESET';
}

/** The code of a system error, such as ENOENT; null for anything else. */
export function codeOf(error: unknown): string | null {
  // Not `instanceof Error`: an interrupted script's error belongs to the context it ran in.
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Text from data or code made harmless for a terminal: control characters are shown, not obeyed. */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) =>
    character === '\r' ? '\\r' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
