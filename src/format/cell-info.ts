import type { Pace } from '../../engine/runtime/pace.ts';

/** What the info string of a cell says: `ts id=word-count pace=30s`. Words that mean nothing to us stay in the file and are ignored. */
export interface CellInfo {
  /** The first word is exactly "ts". */
  readonly isCell: boolean;
  /** `id=`; null without one. */
  readonly name: string | null;
  /** False with the word `no-run`: shown, never run. */
  readonly runnable: boolean;
  /** `pace=30s`, `pace=2m`, `pace=500ms` (the whole range in that time), `pace=x10` (event time × 10) or `pace=full`; null without or if it cannot be read. */
  readonly pace: Pace | null;
}

/** The info string of a cell that has none yet. */
export const NEW_CELL_INFO = 'ts';

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads an info string. Never throws. */
export function parseCellInfo(info: string): CellInfo {
  const [language, ...words] = info.trim().split(/\s+/);
  const value = (key: string): string | null => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
  const name = value('id');
  const pace = value('pace');
  return {
    isCell: language === 'ts',
    name: name === null || name === '' ? null : name,
    runnable: !words.includes('no-run'),
    pace: pace === null ? null : parsePace(pace),
  };
}

/** Reads a pace as info strings, settings and the command line write it; null if it is none. */
export function parsePace(text: string): Pace | null {
  if (text === 'full') {
    return { kind: 'full' };
  }
  const speed = /^[x×](\d+(?:\.\d+)?)$/i.exec(text);
  if (speed !== null) {
    const factor = Number(speed[1]);
    return factor > 0 && Number.isFinite(factor) ? { kind: 'speed', factor } : null;
  }
  const rate = /^(\d+(?:\.\d+)?)\/s$/.exec(text);
  if (rate !== null) {
    const perSecond = Number(rate[1]);
    return perSecond > 0 && Number.isFinite(perSecond) ? { kind: 'records', perSecond } : null;
  }
  const duration = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (duration !== null) {
    const milliseconds = Number(duration[1]) * (MILLISECONDS[duration[2] ?? ''] ?? Number.NaN);
    return milliseconds > 0 && Number.isFinite(milliseconds) ? { kind: 'duration', milliseconds } : null;
  }
  return null;
}

/** The info string with another `id=`, all other words as they were. */
export function withName(info: string, name: string): string {
  const replaced = info.replace(/(\s)id=\S*/, `$1id=${name}`);
  return replaced === info && !/\sid=/.test(info) ? info.replace(/^(\s*\S+)/, `$1 id=${name}`) : replaced;
}
