import { DataStream } from './data-stream.ts';
import { IllegalArgumentException } from './errors.ts';

/** Shows a stream as an output of the cell. */
export function display(stream: DataStream<unknown>, options: { readonly name?: string } = {}): void {
  if (!(stream instanceof DataStream))
    throw new IllegalArgumentException('display needs a stream.', 'For example display(stream.filter(r => r.ok)).');
  stream.getExecutionEnvironment().addDisplay(stream, options.name ?? null);
}
