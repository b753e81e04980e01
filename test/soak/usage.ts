import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process holds; each line is one kind, so that a difference names what leaked. */
export interface Usage {
  /** Sorted: what keeps the process from its end, open files, threads and processes. */
  readonly held: readonly string[];
  /** Bytes, after a collection. */
  readonly heap: number;
  /** Bytes of the whole process with its workers. */
  readonly resident: number;
}

const LOOKS = 250;
const PAUSE = 20;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

export function usage(): Usage {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: held(), heap: heapUsed + external, resident: rss };
}

/**
 * What is held more than in `before`, once the system has had time (5 s) to give back what is on its way out; empty when nothing is. `isKnown`: what need not
 * be waited for.
 */
export async function leakedSince(before: Usage, isKnown: (name: string) => boolean): Promise<readonly string[]> {
  let leaked = more(held(), before.held);
  for (let look = 1; !leaked.every(isKnown) && look < LOOKS; look++) {
    await setTimeout(PAUSE);
    leaked = more(held(), before.held);
  }
  return leaked;
}

function held(): readonly string[] {
  const resources = process.getActiveResourcesInfo().map((name) => `resource ${name}`);
  return [...resources, ...openFiles(), ...listed('/proc/self/task').map(() => 'thread'), ...children()].sort();
}

function openFiles(): readonly string[] {
  return listed('/proc/self/fd').flatMap((descriptor) => {
    try {
      // Pipes and the like have a number each: their kind is what counts.
      return [`file ${readlinkSync(`/proc/self/fd/${descriptor}`).replace(/:\[\d+\]$/, '')}`];
    } catch {
      // That of the look itself.
      return [];
    }
  });
}

function children(): readonly string[] {
  return listed('/proc/self/task').flatMap((task) => {
    try {
      const ids = readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim();
      return ids === '' ? [] : ids.split(' ').map(() => 'process');
    } catch {
      // The thread is gone.
      return [];
    }
  });
}

/** Empty where there is no /proc. */
function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function more(now: readonly string[], before: readonly string[]): readonly string[] {
  const left = [...before];
  return now.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
