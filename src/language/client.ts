import { Worker, type WorkerOptions } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import { translations } from '../l10n/translations.ts';
import type { CellDiagnostic, CellSource, CompileResult } from '../program/types.ts';
import type { LanguageReply, LanguageRequest } from './protocol.ts';

/** Below this a notebook with large inferred types can exhaust the worker; above it the editor's process is at risk. */
const MAX_HEAP_MB = 1_024;

/** A request without the number that the client gives it. */
type Unnumbered<R> = R extends { readonly id: number } ? Omit<R, 'id'> : never;

type SuccessfulReply = Extract<LanguageReply, { ok: true }>;

interface Pending {
  readonly resolve: (reply: SuccessfulReply) => void;
  readonly reject: (error: Error) => void;
}

/** A diagnose request that waits for the one before it. */
interface WaitingDiagnosis {
  readonly cells: readonly CellSource[];
  readonly settle: (diagnostics: Promise<readonly CellDiagnostic[] | null>) => void;
}

/**
 * Talks to the language worker, which is started by the first request and again after a crash; the requests that a crash hits
 * are rejected. Everything else goes on.
 */
export class LanguageClient {
  readonly #entry: string | URL;
  readonly #options: WorkerOptions;
  readonly #pending = new Map<number, Pending>();
  /** Notebooks whose diagnosis is under way, with the newest request behind it. */
  readonly #diagnoses = new Map<string, WaitingDiagnosis | null>();
  #worker: Worker | null = null;
  #nextId = 1;
  #disposed = false;

  /** `entry`: the worker's file (dist/language-worker.mjs, or src/language/language-worker.ts under a loader for TypeScript). */
  constructor(entry: string | URL, options: WorkerOptions = {}) {
    this.#entry = entry;
    this.#options = options;
  }

  /** Compiles the cell `target` with what it needs. `notebook` names the notebook over its edits. */
  async compile(notebook: string, cells: readonly CellSource[], target: string, check: boolean): Promise<CompileResult> {
    const reply = await this.#request({ type: 'compile', notebook, cells, target, check });
    if (reply.type !== 'compile') throw new Error('The language worker answered another question');
    return reply.result;
  }

  /**
   * Every problem of every cell; null when a newer call for the same notebook came before this one was begun, or after `dispose`.
   * One at a time per notebook, so that a run never waits behind a queue of keystrokes.
   */
  diagnose(notebook: string, cells: readonly CellSource[]): Promise<readonly CellDiagnostic[] | null> {
    const waiting = this.#diagnoses.get(notebook);
    if (waiting === undefined) {
      this.#diagnoses.set(notebook, null);
      return this.#startDiagnosis(notebook, cells);
    }
    waiting?.settle(Promise.resolve(null));
    return new Promise((settle) => {
      this.#diagnoses.set(notebook, { cells, settle });
    });
  }

  /** Ends the worker. Requests under way are rejected, later ones too. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const waiting of this.#diagnoses.values()) waiting?.settle(Promise.resolve(null));
    this.#diagnoses.clear();
    const worker = this.#worker;
    this.#fail(worker, new Error(l10n.t('The language worker was closed')));
    await worker?.terminate();
  }

  async #startDiagnosis(notebook: string, cells: readonly CellSource[]): Promise<readonly CellDiagnostic[] | null> {
    try {
      const reply = await this.#request({ type: 'diagnose', notebook, cells });
      if (reply.type !== 'diagnose') throw new Error('The language worker answered another question');
      return reply.diagnostics;
    } finally {
      const next = this.#diagnoses.get(notebook);
      if (next === null) this.#diagnoses.delete(notebook);
      else if (next !== undefined) {
        this.#diagnoses.set(notebook, null);
        next.settle(this.#startDiagnosis(notebook, next.cells));
      }
    }
  }

  #request(request: Unnumbered<LanguageRequest>): Promise<SuccessfulReply> {
    if (this.#disposed) return Promise.reject(new Error(l10n.t('The language worker was closed')));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const worker = this.#worker ?? this.#start();
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ ...request, id });
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, {
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      workerData: translations(),
      ...this.#options,
    });
    worker.on('message', (reply: LanguageReply) => {
      const pending = this.#pending.get(reply.id);
      this.#pending.delete(reply.id);
      if (reply.ok) pending?.resolve(reply);
      else pending?.reject(new Error(reply.message));
    });
    worker.on('error', (error) => {
      this.#fail(worker, new Error(l10n.t('The language worker stopped: {0}', error.message), { cause: error }));
    });
    worker.on('exit', (code) => {
      this.#fail(worker, new Error(l10n.t('The language worker stopped with code {0}', code)));
    });
    this.#worker = worker;
    return worker;
  }

  /** Rejects what `worker` was asked, once; the next request starts another. */
  #fail(worker: Worker | null, reason: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(reason);
  }
}
