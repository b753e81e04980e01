/** No record with a timestamp ≤ this is expected any more. */
export class Watermark {
  static readonly MAX_WATERMARK: Watermark = new Watermark(Number.POSITIVE_INFINITY);
  readonly #timestamp: number;
  constructor(timestamp: number) {
    this.#timestamp = timestamp;
  }
  getTimestamp(): number {
    return this.#timestamp;
  }
}

/** Where a generator sends its watermarks. */
export interface WatermarkOutput {
  /** A number of ms, or a Watermark. One that is not larger than the last is ignored. */
  emitWatermark(watermark: Watermark | number): void;
  markIdle(): void;
  markActive(): void;
}

export interface WatermarkGenerator<T> {
  /** After the record was sent on. */
  onEvent(event: T, eventTimestamp: number, output: WatermarkOutput): void;
  /** Every `pipeline.auto-watermark-interval`; when that is 0, after every record. */
  onPeriodicEmit(output: WatermarkOutput): void;
}

export interface TimestampAssigner<T> {
  extractTimestamp(element: T, recordTimestamp: number): number;
}
