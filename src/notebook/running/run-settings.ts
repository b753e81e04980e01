import type { Settings } from '../../platform/ports.ts';

const DEFAULT_MAX_RUNNING = 4;

/** How many jobs may run at once. */
export function maxRunningJobs(settings: Settings): number {
  const limit = settings.get('maxRunningJobs');
  return typeof limit === 'number' && limit >= 1 ? limit : DEFAULT_MAX_RUNNING;
}

/** Where jobs run: in a thread of the extension host, or in a process of their own. */
export type EngineHost = 'worker' | 'process';

export function engineHost(settings: Settings): EngineHost {
  return settings.get('engine.host') === 'process' ? 'process' : 'worker';
}

/** Options with a setting of their own, by the same name. */
const OWN_SETTINGS = ['state.max-size', 'state.max-window-size'];

/** Options of jobs, by Flink's names. Settings hold what users write: only text, numbers and booleans are options. */
export function jobOptions(settings: Settings): Readonly<Record<string, string>> {
  const value = settings.get('options');
  const own = OWN_SETTINGS.map((name): [string, unknown] => [`streambook.${name}`, settings.get(name)]);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    [...own, ...entries].flatMap(([name, option]: [string, unknown]) =>
      typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean' ? [[name, String(option)]] : [],
    ),
  );
}
