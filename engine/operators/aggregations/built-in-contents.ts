import { setField } from '../../state/set-field.ts';
import { type BuiltIn, columnsOf, numberIn } from './built-in.ts';
import type { ContentsFold } from './contents-fold.ts';

type Numbers = Record<string, number>;

function numbersOf(contents: unknown): Numbers {
  // SAFETY: `first` below makes them, and a checkpoint holds what it made.
  return contents as Numbers;
}

/** Built-in aggregates of one key and window: an object of numbers under the names that checkpoints have. */
export function builtInContents(plan: readonly BuiltIn[]): ContentsFold {
  const { sums, extremes, places, labels } = columnsOf(plan);
  const labelAt = (at: number): string => labels[at] ?? '';
  const better = (a: number, b: number, sign: number): number => ((b - a) * sign < 0 ? b : a);
  return {
    first(record): Numbers {
      const numbers: Numbers = { count: 1 };
      for (let at = 1; at < labels.length; at++) setField(numbers, labelAt(at), 0);
      for (const { field, at } of sums) numbers[labelAt(at)] = 0 + numberIn(record, field);
      for (const { field, at } of extremes) numbers[labelAt(at)] = numberIn(record, field);
      return numbers;
    },
    add(contents, record) {
      const numbers = numbersOf(contents);
      for (let i = 0; i < sums.length; i++) {
        const { field, at } = sums[i] ?? { field: '', at: 0 };
        numbers[labelAt(at)] = (numbers[labelAt(at)] ?? 0) + numberIn(record, field);
      }
      for (const { field, at, sign } of extremes) {
        numbers[labelAt(at)] = better(numbers[labelAt(at)] ?? 0, numberIn(record, field), sign);
      }
      numbers.count = (numbers.count ?? 0) + 1;
      return numbers;
    },
    merge(a, b) {
      const [numbers, others] = [numbersOf(a), numbersOf(b)];
      for (const { at } of sums) numbers[labelAt(at)] = (numbers[labelAt(at)] ?? 0) + (others[labelAt(at)] ?? 0);
      for (const { at, sign } of extremes) {
        numbers[labelAt(at)] = better(numbers[labelAt(at)] ?? 0, others[labelAt(at)] ?? 0, sign);
      }
      numbers.count = (numbers.count ?? 0) + (others.count ?? 0);
      return numbers;
    },
    result(contents, key) {
      const numbers = numbersOf(contents);
      const result = { key };
      for (const [i, { name, kind }] of plan.entries()) {
        const value = numbers[labelAt(places[i] ?? 0)] ?? 0;
        setField(result, name, kind === 'avg' ? value / (numbers.count ?? 0) : value);
      }
      return result;
    },
    peek: (contents) => contents,
    count: (contents) => numbersOf(contents).count ?? 0,
    keepsSize: () => true,
    empty: null,
  };
}
