import type { SplitDescription } from '../runtime/mail.ts';
import { isGzip } from './gzip-file.ts';
import type { ListedFile } from './list-files.ts';

/** A file as a split of its source. How much a compressed one holds is known at its end only. */
export function splitOf({ id, path, size }: ListedFile): SplitDescription {
  return isGzip(path) ? { id, offset: 0 } : { id, offset: 0, size };
}
