/** V8 copies shorter substrings; longer ones refer to the text they were cut from. */
const SHARED_LENGTH = 13;

/**
 * The same text with memory of its own. A substring keeps the whole block of input alive that it was cut from;
 * a record may be kept in state for as long as the job runs.
 */
export function unshare(text: string): string {
  return text.length < SHARED_LENGTH ? text : ` ${text}`.slice(1);
}
