import { IllegalArgumentException } from '../api/errors.ts';
import type { Source } from './source.ts';

/** Where text comes from, and how: plain data, for the shell that connects. */
export interface SocketText {
  readonly hostname: string;
  readonly port: number;
  /** Ends a record; is not part of it. */
  readonly delimiter: string;
  /** Attempts to connect again, one after the other; −1 = for ever. */
  readonly maxRetry: number;
}

const LAST_PORT = 65_535;

/** Text from a TCP server, a record at each delimiter. The shell connects and sends elements. Throws IllegalArgumentException. */
export function socketSource(socket: SocketText): Source<string> {
  const { hostname, port, delimiter, maxRetry } = socket;
  if (typeof hostname !== 'string' || hostname.trim() === '') {
    throw new IllegalArgumentException('hostname must not be null', "Name a computer, for example 'localhost'.");
  }
  if (!Number.isInteger(port) || port < 1 || port > LAST_PORT) {
    throw new IllegalArgumentException(`port is out of range: ${String(port)}`, `A port is a whole number from 1 to ${LAST_PORT}.`);
  }
  if (typeof delimiter !== 'string' || delimiter === '') {
    throw new IllegalArgumentException('The delimiter of a socket has to be text with at least one character.', "The default is '\\n'.");
  }
  if (!Number.isInteger(maxRetry) || maxRetry < -1) {
    throw new IllegalArgumentException(
      'maxRetry must be zero or larger (num retries), or -1 (infinite retries)',
      `It is ${String(maxRetry)}.`,
    );
  }
  return {
    boundedness: 'CONTINUOUS_UNBOUNDED',
    description: `Socket(${hostname}:${port})`,
    enumeration: { kind: 'elements', socket },
    createReader() {
      throw new Error('A source that gets its elements by mail has no reader.');
    },
  };
}
