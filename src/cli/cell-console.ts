import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { OutputFormat } from './arguments.ts';
import type { StandardStreams } from './streams.ts';

/** The console of cells: what they log goes the way of `print()`, and to standard error where standard output is for JSON. */
export function createCellConsole(streams: StandardStreams, format: OutputFormat): Console {
  const writable = (write: (text: string) => void): Writable =>
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        write(String(chunk));
        done();
      },
    });
  const stderr = writable((text) => {
    streams.err(text);
  });
  const stdout = writable((text) => {
    streams.out(text);
  });
  return new Console({ stdout: format === 'table' ? stdout : stderr, stderr, colorMode: false });
}
