/** What somebody asks of a job while it runs. */
export const REQUESTS = [
  'savepoint',
  'checkpoint',
  'stop',
  'stop-with-savepoint',
  'drain',
  'crash',
  'crash-later',
  'fail-checkpoint',
  'fail-commit',
  'pin',
  'delete-oldest',
  'delete-newest',
  /** The process is believed dead, and its successor begins; it goes on for a while all the same. */
  'successor',
] as const;
export type Request = (typeof REQUESTS)[number];

/** How a run differs from the one before. */
export const BEGINNINGS = [
  'parallelism-1',
  'parallelism-2',
  'parallelism-3',
  /** From the checkpoint before the newest. */
  'older',
  /** What it is restored from is its own from then on. */
  'claim',
  /** Its checkpoints go when it has ended. */
  'discard',
] as const;
export type Beginning = (typeof BEGINNINGS)[number];

/** What users do: a request right after an operation of the disk, or a beginning of a run, counted from 1 over all processes. */
export type Wish = { readonly after: number; readonly request: Request } | { readonly run: number; readonly beginning: Beginning };

/** Wishes on one line, as `parseWishes` reads them: "20:stop,@2:older". */
export function formatWishes(wishes: readonly Wish[]): string {
  return wishes.map((wish) => ('request' in wish ? `${wish.after}:${wish.request}` : `@${wish.run}:${wish.beginning}`)).join(',');
}

/** Throws Error for a text that is no wish. */
export function parseWishes(text: string): readonly Wish[] {
  return text.split(',').map((part) => {
    const [, isRun, at, what] = /^(@?)(\d+):([a-z\d-]+)$/.exec(part) ?? [];
    const request = REQUESTS.find((one) => one === what);
    const beginning = BEGINNINGS.find((one) => one === what);
    if (isRun === '' && request !== undefined) return { after: Number(at), request };
    if (isRun === '@' && beginning !== undefined) return { run: Number(at), beginning };
    throw new Error(`“${part}” is nothing that users can do.`);
  });
}
