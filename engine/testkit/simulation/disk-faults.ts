/** What happens at one operation of a simulated disk, or instead of it. */
export type Fault =
  /** The process is gone; what it wrote is still there. 'half': it was in the middle of writing a file. */
  | { readonly kind: 'crash'; readonly half: boolean }
  /** The machine is gone: what was not synced is there as far as the variant says. */
  | { readonly kind: 'power'; readonly variant: PowerVariant }
  /** The operation fails, without or in spite of having happened; 'half': a part of the bytes was written. */
  | { readonly kind: 'error'; readonly code: 'EIO' | 'ENOSPC'; readonly effect: 'none' | 'half' | 'whole' }
  /** A sync says that it is done, and keeps nothing. */
  | { readonly kind: 'lie' }
  /** A bit of a file changes at rest, and the process is gone. `file`: index among the files below the folder of checkpoints. */
  | { readonly kind: 'flip'; readonly file: number };

/** A fault that ends the process. */
export type LastFault = Extract<Fault, { kind: 'crash' | 'power' | 'flip' }>;

/** What a power loss leaves: of changes of names in a folder a prefix, of bytes that were not synced more or less. */
export interface PowerVariant {
  readonly names: 'none' | 'all' | 'some';
  readonly bytes: 'none' | 'all' | 'torn' | 'zeros' | 'some';
}

export const POWER_VARIANTS: readonly PowerVariant[] = [
  { names: 'none', bytes: 'none' },
  { names: 'all', bytes: 'none' },
  { names: 'all', bytes: 'torn' },
  { names: 'all', bytes: 'zeros' },
  { names: 'some', bytes: 'some' },
];

/** Faults by the number of the operation that they happen at, over all processes of a run. */
export type FaultPlan = readonly { readonly at: number; readonly fault: Fault }[];

/** A plan on one line, as `parsePlan` reads it: "12:crash,19:power/none/torn". */
export function formatPlan(plan: FaultPlan): string {
  return plan.map(({ at, fault }) => `${at}:${formatFault(fault)}`).join(',') || 'none';
}

function formatFault(fault: Fault): string {
  switch (fault.kind) {
    case 'crash':
      return fault.half ? 'crash/half' : 'crash';
    case 'power':
      return `power/${fault.variant.names}/${fault.variant.bytes}`;
    case 'error':
      return `${fault.code}/${fault.effect}`;
    case 'lie':
      return 'lie';
    case 'flip':
      return `flip/${fault.file}`;
  }
}

/** Throws Error for a text that is no plan. */
export function parsePlan(text: string): FaultPlan {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const [at = '', what = ''] = part.split(':');
    if (!/^\d+$/.test(at)) throw new Error(`“${part}” does not begin with the number of an operation.`);
    return { at: Number(at), fault: parseFault(what) };
  });
}

function parseFault(text: string): Fault {
  const [kind, a = '', b = ''] = text.split('/');
  const names = (['none', 'all', 'some'] as const).find((name) => name === a);
  const bytes = (['none', 'all', 'torn', 'zeros', 'some'] as const).find((name) => name === b);
  const effect = (['none', 'half', 'whole'] as const).find((name) => name === a);
  if (kind === 'crash') return { kind, half: a === 'half' };
  if (kind === 'power' && names && bytes) return { kind, variant: { names, bytes } };
  if ((kind === 'EIO' || kind === 'ENOSPC') && effect) return { kind: 'error', code: kind, effect };
  if (kind === 'lie') return { kind };
  if (kind === 'flip') return { kind, file: Number(a) };
  throw new Error(`“${text}” is no fault.`);
}
