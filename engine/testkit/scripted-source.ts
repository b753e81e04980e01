import type { Source } from '../connectors/source.ts';

/**
 * A source whose elements come by mail, one by one, from a script: records, watermarks, idleness and the end.
 * Use it with `WatermarkStrategy.noWatermarks()`, so that the script's watermarks are the only ones.
 */
export function scriptedSource<T>(name: string): Source<T> {
  return {
    boundedness: 'BOUNDED',
    description: `Script(${name})`,
    enumeration: { kind: 'elements' },
    createReader() {
      throw new Error('A source that gets its elements by mail has no reader.');
    },
  };
}
