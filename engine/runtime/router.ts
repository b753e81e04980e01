import { RuntimeException } from '../api/errors.ts';
import { SeededRandom } from '../api/random.ts';
import type { Partitioner } from '../graph/stream-graph.ts';
import { isMissingKey, keyError, keyReader, nullKeyError } from '../operators/key-selection.ts';
import { keyGroupOf, subtaskOfKeyGroup } from '../state/key-groups.ts';
import type { ChannelSender } from './channel.ts';
import { formatCut } from './format-value.ts';
import type { Collect, Receiver } from './operator.ts';

/** What a partitioner needs to know about the place it works at. */
export interface RouterPlace {
  readonly sender: number;
  readonly maxParallelism: number;
  readonly seed: number;
  /** Fails the job because of a key. */
  fail(error: unknown, record: unknown): never;
}

/** A router, and what it has to remember to deal out the next records as it would have. */
export interface Router extends Receiver {
  save?(): unknown;
  restore?(saved: unknown): void;
}

interface Routing {
  readonly collect: Collect;
  readonly save?: () => unknown;
  readonly restore?: (saved: unknown) => void;
}

/** Sends the records of one subtask to the channels of the next vertex; watermarks and idleness go to all of them. */
export function createRouter(partitioner: Partitioner, channels: readonly ChannelSender[], place: RouterPlace): Router {
  const [only] = channels;
  // A function of the user is asked even where there is nothing to choose: what is wrong with it is to be seen at any parallelism.
  if (only && channels.length === 1 && partitioner.kind !== 'custom') return only;
  return {
    ...routing(partitioner, channels, place),
    watermark(watermark): void {
      for (const channel of channels) channel.watermark(watermark);
    },
    idle(idle): void {
      for (const channel of channels) channel.idle(idle);
    },
  };
}

/** The receivers that a sender has channels to: all, or for pointwise partitioners those of its group. */
export function receiversOf(partitioner: Partitioner, sender: number, senders: number, receivers: number): readonly number[] {
  const targets: number[] = [];
  const pointwise = partitioner.kind === 'forward' || partitioner.kind === 'rescale';
  for (let receiver = 0; receiver < receivers; receiver++) {
    const matches =
      receivers >= senders
        ? Math.floor((receiver * senders) / receivers) === sender
        : Math.floor((sender * receivers) / senders) === receiver;
    if (matches || !pointwise) targets.push(receiver);
  }
  return targets;
}

function routing(partitioner: Partitioner, channels: readonly ChannelSender[], place: RouterPlace): Routing {
  const collects = channels.map((channel) => channel.collect);
  const to = (index: number, value: unknown, timestamp: number): void => collects[index]?.(value, timestamp);
  const count = channels.length;
  switch (partitioner.kind) {
    case 'forward':
    case 'global':
      return { collect: (value, timestamp) => to(0, value, timestamp) };
    case 'broadcast':
      return {
        collect: (value, timestamp) => {
          for (const collect of collects) collect(value, timestamp);
        },
      };
    case 'shuffle': {
      const random = new SeededRandom(place.seed, place.sender, 1);
      return {
        collect: (value, timestamp) => to(random.nextInt(count), value, timestamp),
        save: () => random.save(),
        // SAFETY: what `save` gave, of the same partitioner.
        restore: (saved) => random.restore(saved as ReturnType<SeededRandom['save']>),
      };
    }
    case 'rebalance':
    case 'rescale': {
      // Flink starts at a random channel; here the seed decides.
      let next = new SeededRandom(place.seed, place.sender, 2).nextInt(count);
      return {
        collect: (value, timestamp) => {
          next = next + 1 >= count ? 0 : next + 1;
          to(next, value, timestamp);
        },
        save: () => next,
        restore: (saved) => {
          if (typeof saved === 'number' && saved < count) next = saved;
        },
      };
    }
    case 'custom': {
      const { call } = partitioner.partitioner;
      const keyOf = keyReader(partitioner.selection);
      return {
        collect: (value, timestamp) => {
          let subtask: number;
          try {
            subtask = checkedPartition(call(keyOf(value), count), count);
          } catch (error) {
            place.fail(error, value);
          }
          to(subtask, value, timestamp);
        },
      };
    }
    case 'hash': {
      const { selection } = partitioner;
      const keyOf = keyReader(selection);
      return {
        collect: (value, timestamp) => {
          let subtask: number;
          try {
            const key = keyOf(value);
            if (isMissingKey(key)) throw nullKeyError(selection, value, key);
            subtask = subtaskOfKeyGroup(keyGroupOf(key, place.maxParallelism), place.maxParallelism, count);
          } catch (error) {
            place.fail(keyError(error), value);
          }
          to(subtask, value, timestamp);
        },
      };
    }
  }
}

/** Throws RuntimeException for what is not the number of a partition. */
function checkedPartition(chosen: unknown, partitions: number): number {
  if (typeof chosen === 'number' && Number.isInteger(chosen) && chosen >= 0 && chosen < partitions) return chosen;
  throw new RuntimeException(
    `The partitioner of partitionCustom chose ${formatCut(chosen, 100)}, but the partitions are 0 to ${partitions - 1}.`,
    'Return a whole number below numPartitions, for example one modulo numPartitions.',
  );
}
