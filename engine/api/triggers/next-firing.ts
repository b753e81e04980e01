import { type DurationLike, toMillis } from '../duration.ts';
import { IllegalArgumentException } from '../errors.ts';
import { ReducingStateDescriptor } from '../state-descriptors.ts';

/** When a continuous trigger fires next, ms; of windows that merge, the earliest. */
export function nextFiring(): ReducingStateDescriptor<number> {
  return new ReducingStateDescriptor<number>('trigger: next firing', (a, b) => Math.min(a, b));
}

/** The time after `time` at which a trigger with this interval fires for the first time; `%` truncates towards zero, as in Java. */
export function firstFiring(time: number, interval: number): number {
  return time - (time % interval) + interval;
}

/** Throws IllegalArgumentException unless it is longer than 0. */
export function checkedInterval(interval: DurationLike, trigger: string): number {
  const millis = toMillis(interval);
  if (millis <= 0) throw new IllegalArgumentException(`The interval of a ${trigger} must be longer than 0.`);
  return millis;
}
