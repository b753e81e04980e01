import { connect, type Socket } from 'node:net';
import { DelimitedText, NoDelimiterError } from '../connectors/delimited-text.ts';
import type { SocketText } from '../connectors/socket-source.ts';
import type { Mail, SourceElement } from '../runtime/mail.ts';
import { errorCode } from './explain-error.ts';
import type { RunnerClock } from './runner-clock.ts';

/** Ms between two attempts, as in Flink's SocketTextStreamFunction. */
const PAUSE = 500;

/** While so many records wait for the job, nothing more is taken from the socket. */
const MAX_WAITING = 1_024;

/** Reads a socket for one source. Connects again as often as it may; a connection that was made makes up for the attempts before. */
export class SocketFeed {
  readonly #source: number;
  readonly #from: SocketText;
  readonly #clock: RunnerClock;
  readonly #onDelivery: () => void;
  readonly #text: DelimitedText;
  #socket: Socket | null = null;
  #cancelPause: (() => void) | null = null;
  #waiting: SourceElement[] = [];
  #failure: string | null = null;
  #attempts = 0;
  #everConnected = false;
  #closed = false;

  /** Connects at once. `onDelivery` is called when `take` has something. */
  constructor(source: number, from: SocketText, clock: RunnerClock, onDelivery: () => void) {
    this.#source = source;
    this.#from = from;
    this.#clock = clock;
    this.#onDelivery = onDelivery;
    this.#text = new DelimitedText(from.delimiter);
    this.#connect();
  }

  get hasDeliveries(): boolean {
    return this.#waiting.length > 0 || this.#failure !== null;
  }

  /** What came since the last call; to be called when the job has worked off what it got before. */
  take(): readonly Mail[] {
    const elements = this.#waiting;
    const message = this.#failure;
    this.#waiting = [];
    this.#failure = null;
    this.#socket?.resume();
    return [
      ...(elements.length > 0 ? [{ kind: 'elements', source: this.#source, elements } as const] : []),
      ...(message === null ? [] : [{ kind: 'source-failed', source: this.#source, split: null, message } as const]),
    ];
  }

  close(): void {
    this.#closed = true;
    this.#cancelPause?.();
    this.#socket?.destroy();
  }

  #connect(): void {
    const { hostname: host, port } = this.#from;
    const socket = connect({ host, port });
    this.#socket = socket;
    let connected = false;
    let error: Error | null = null;
    socket.on('connect', () => {
      connected = true;
      this.#everConnected = true;
      this.#attempts = 0;
    });
    socket.on('data', (bytes) => this.#receive(() => this.#text.append(bytes)));
    socket.on('error', (reason) => {
      error = reason;
    });
    socket.on('close', () => {
      if (this.#closed) return;
      this.#receive(() => this.#text.interrupt());
      this.#lost(connected, error);
    });
  }

  #receive(read: () => readonly string[]): void {
    if (this.#closed) return;
    try {
      for (const value of read()) this.#waiting.push({ kind: 'record', value, timestamp: null });
    } catch (error) {
      if (!(error instanceof NoDelimiterError)) throw error;
      this.#fail(`${this.#place} ${error.message}. Give socketTextStream the delimiter that the server sends.`);
      return;
    }
    if (this.#waiting.length === 0) return;
    if (this.#waiting.length >= MAX_WAITING) this.#socket?.pause();
    this.#onDelivery();
  }

  #lost(connected: boolean, error: Error | null): void {
    const { maxRetry } = this.#from;
    // A name that nobody knows at the very beginning is a mistake, not something that passes.
    const retriable = this.#everConnected || errorCode(error) !== 'ENOTFOUND';
    if (retriable && (maxRetry === -1 || this.#attempts < maxRetry)) {
      this.#attempts++;
      this.#cancelPause = this.#clock.wakeAfter(PAUSE, () => {
        this.#cancelPause = null;
        this.#connect();
      });
    } else if (connected && error === null) {
      this.#end();
    } else {
      this.#fail(connected ? this.#cutOff(error) : this.#unreachable(error));
    }
  }

  #end(): void {
    this.#closed = true;
    const last = this.#text.finish();
    if (last !== null) this.#waiting.push({ kind: 'record', value: last, timestamp: null });
    this.#waiting.push({ kind: 'end' });
    this.#onDelivery();
  }

  #fail(message: string): void {
    this.close();
    this.#failure = message;
    this.#onDelivery();
  }

  get #place(): string {
    return `The server at ${this.#from.hostname}:${this.#from.port}`;
  }

  #cutOff(error: Error | null): string {
    return `${this.#place} broke the connection off (${errorCode(error)}). Run again, or give socketTextStream a maxRetry, such as -1, to connect again.`;
  }

  #unreachable(error: Error | null): string {
    const { hostname, port } = this.#from;
    const tried = this.#attempts > 0 ? `, also in ${this.#attempts} more ${this.#attempts === 1 ? 'attempt' : 'attempts'}` : '';
    switch (errorCode(error)) {
      case 'ECONNREFUSED':
        return `Nothing listens at ${hostname}:${port}: the connection was refused${tried}. Start the server first, and check the port.`;
      case 'ENOTFOUND':
        return `There is no computer called ${hostname}${tried}. Check the name that socketTextStream is given.`;
      default:
        return (
          `${hostname}:${port} cannot be reached${tried} (${errorCode(error) || String(error?.message)}). ` +
          'Check the network, and whether a firewall is between.'
        );
    }
  }
}
