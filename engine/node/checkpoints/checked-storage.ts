import type { CheckpointStorage, CheckpointStorageAccess } from '../../api/checkpoint-storage.ts';
import type { JobIdentity } from '../../checkpoint/manifest.ts';

/** A storage for checkpoints did not do what was asked of it; the message names the storage and the file. */
export class CheckpointStorageError extends Error {
  override readonly name = 'CheckpointStorageError';
}

/**
 * A user's storage as the engine uses it: what it gives is checked, what it throws says which storage it was, and a call that is never answered fails after
 * `timeout` ms. All methods reject with CheckpointStorageError.
 */
export class CheckedStorage implements CheckpointStorageAccess {
  readonly #name: string;
  readonly #access: CheckpointStorageAccess;
  readonly #timeout: number;

  private constructor(name: string, access: CheckpointStorageAccess, timeout: number) {
    this.#name = name;
    this.#access = access;
    this.#timeout = timeout;
  }

  static async open(storage: CheckpointStorage, { notebook, cell }: JobIdentity, timeout: number): Promise<CheckedStorage> {
    const open = async (): Promise<unknown> => await storage.createCheckpointStorage({ notebook, jobName: cell });
    const access = await called(storage.name, 'createCheckpointStorage', timeout, open);
    if (!isAccess(access))
      throw wrong(storage.name, 'createCheckpointStorage', 'an object with read, write, create, delete, list and dispose');
    return new CheckedStorage(storage.name, access, timeout);
  }

  async read(name: string): Promise<Uint8Array | null> {
    const given: unknown = await this.#call(`read ${name}`, () => this.#access.read(name));
    if (given === null || given === undefined || given instanceof Uint8Array) return given ?? null;
    throw wrong(this.#name, `read ${name}`, 'a Uint8Array or null');
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#call(`write ${name}`, () => this.#access.write(name, bytes));
  }

  async create(name: string, bytes: Uint8Array): Promise<boolean> {
    const given: unknown = await this.#call(`create ${name}`, () => this.#access.create(name, bytes));
    if (typeof given === 'boolean') return given;
    throw wrong(this.#name, `create ${name}`, 'true or false');
  }

  async delete(name: string): Promise<void> {
    await this.#call(`delete ${name}`, () => this.#access.delete(name));
  }

  /** Sorted. */
  async list(prefix: string): Promise<readonly string[]> {
    const given: unknown = await this.#call(`list ${prefix}`, () => this.#access.list(prefix));
    const names: readonly unknown[] | null = Array.isArray(given) ? given : null;
    if (names?.every((name): name is string => typeof name === 'string' && name.startsWith(prefix)) === true) return [...names].sort();
    throw wrong(this.#name, `list ${prefix}`, 'an array of names that begin so');
  }

  async dispose(): Promise<void> {
    await this.#call('dispose', () => this.#access.dispose());
  }

  #call<T>(what: string, call: () => T | Promise<T>): Promise<T> {
    return called(this.#name, what, this.#timeout, call);
  }
}

async function called<T>(storage: string, what: string, timeout: number, call: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`there was no answer within ${timeout} ms`)), timeout);
  });
  try {
    return await Promise.race([call(), late]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CheckpointStorageError(`The checkpoint storage “${storage}” could not ${what}: ${why}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function wrong(storage: string, what: string, needed: string): CheckpointStorageError {
  return new CheckpointStorageError(`The checkpoint storage “${storage}” did not give ${needed} for ${what}.`);
}

function isAccess(value: unknown): value is CheckpointStorageAccess {
  if (typeof value !== 'object' || value === null) return false;
  return ['read', 'write', 'create', 'delete', 'list', 'dispose'].every((method) => typeof Reflect.get(value, method) === 'function');
}
