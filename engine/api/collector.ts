/** Takes the results of a function. */
export interface Collector<T> {
  /** Emits one record. It gets the timestamp of the record, timer or window being processed. */
  collect(record: T): void;
}
