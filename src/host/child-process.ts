import { fork } from 'node:child_process';
import type { JobFailure } from '../../engine/runtime/job.ts';
import { translations } from '../l10n/translations.ts';
import { failureOfError } from './failures.ts';
import type { JobPort } from './job-port.ts';
import { lostProcess } from './lost.ts';
import type { FromProcess, ToProcess } from './process-protocol.ts';
import type { FromWorker } from './protocol.ts';
import { RemoteInspector } from './remote-inspector.ts';
import { JOB_HEAP_MB } from './worker-thread.ts';

/** Characters that are kept of what a process wrote last: V8 says there why it gave up. */
const LAST_WORDS = 4_000;

/** How long is waited for them, ms. */
const LAST_WORDS_MS = 500;

/** What Node, paths and the local time need. */
const SYSTEM = ['HOME', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'TZ', 'USERPROFILE'];

/** What the state backend "postgresql" is reached with besides its URL: the variables of libpq that its client knows, and what it looks for itself. */
const POSTGRESQL = [
  ...['PGAPPNAME', 'PGCONNECT_TIMEOUT', 'PGDATABASE', 'PGHOST', 'PGOPTIONS', 'PGPASSFILE', 'PGPASSWORD', 'PGPORT', 'PGSSLMODE'],
  ...['PGSSLNEGOTIATION', 'PGUSER'],
  // The user, where none is named; the folder of Windows' file of passwords; certificates that the server's is signed with.
  ...['USER', 'USERNAME', 'APPDATA', 'NODE_EXTRA_CA_CERTS'],
];

/** What a job's process gets to see of the environment: no secrets but the password that the user gave for its state. */
const ENVIRONMENT = [...SYSTEM, ...POSTGRESQL];

/** The files of a job's process: its entry, and that of the job's thread in it. */
export interface ProcessEntries {
  readonly process: string;
  readonly worker: string;
}

/**
 * The host "process": a job's worker is a thread of a process of its own, which ends with this one. Whatever happens there, this process goes on. What
 * the job writes past the console goes to `onText`.
 */
export function startJobProcess(entries: ProcessEntries, onText: (text: string) => void, heapMegabytes = JOB_HEAP_MB): JobPort {
  const child = fork(entries.process, [], {
    // In VS Code this Node is Electron, which has to be told that it is to be one.
    env: { ...environment(), ELECTRON_RUN_AS_NODE: '1' },
    execArgv: [],
    // As between threads: typed arrays, NaN and undefined come across as they are.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let lastWords = '';
  let inspector: RemoteInspector | null = null;
  let isLost = false;
  let onMessage: (message: FromWorker) => void = () => undefined;
  let onLost: (failure: JobFailure) => void = () => undefined;
  // A process that is gone says so itself.
  const post = (message: ToProcess): void => void child.send(message, () => undefined);
  const lose = (failure: JobFailure): void => {
    if (isLost) return;
    isLost = true;
    onLost(failure);
  };
  const gone = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
    child.on('error', (error) => {
      lose(failureOfError(error));
      // It never was there.
      if (child.pid === undefined) resolve();
    });
  });
  void gone.then(() => inspector?.end('gone'));
  child.stdout?.setEncoding('utf8').on('data', onText);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
    onText(text);
  });
  const tell = (code: number | null, signal: string | null): void => lose(lostProcess(code, signal, lastWords, heapMegabytes));
  // Best once its last words have been read, too; a process that it has started could hold them back.
  child.on('close', tell);
  child.on('exit', (code, signal) => void setTimeout(tell, LAST_WORDS_MS, code, signal).unref());
  child.on('message', (message) => {
    // SAFETY: the other end is job-process.ts, which sends these.
    const received = message as FromProcess;
    if (received.type === 'job') onMessage(received.message);
    else if (received.type === 'lost') lose(received.failure);
    else inspector?.receive(received);
  });
  post({ type: 'begin', worker: entries.worker, heapMegabytes, translations: translations() });
  return {
    postMessage: (message) => post({ type: 'job', message }),
    onMessage: (listener) => {
      onMessage = listener;
    },
    onLost: (listener) => {
      onLost = listener;
    },
    setPaused: (paused) => post({ type: 'paused', paused }),
    terminate: () => {
      child.kill('SIGKILL');
      return gone;
    },
    inspect: (signal) => {
      inspector = new RemoteInspector(post);
      return inspector.attach(signal);
    },
  };
}

function environment(): Readonly<Record<string, string>> {
  return Object.fromEntries(ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
