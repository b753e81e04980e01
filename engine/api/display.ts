import { DataStream } from './data-stream.ts';
import { readDisplayOptions } from './display-options.ts';
import { IllegalArgumentException } from './errors.ts';

/** Shows a stream as an output of the cell. Throws IllegalArgumentException for what is not a stream, and for options there are not. */
export function display(stream: DataStream<unknown>, given?: unknown): void {
  if (!(stream instanceof DataStream))
    throw new IllegalArgumentException('display needs a stream.', 'For example display(stream.filter(r => r.ok)).');
  const { name, options } = readDisplayOptions(given);
  stream.getExecutionEnvironment().addDisplay(stream, name, 'display', options);
}
