/** An accumulator or metric of a user function, its value as text. */
export interface Figure {
  readonly name: string;
  readonly value: string;
}

export interface Figures {
  readonly shown: readonly Figure[];
  /** How many there are in all. */
  readonly total: number;
  /** Why there are none: what user code threw that puts them together. */
  readonly problem: string | null;
}

export interface JobFigures {
  readonly accumulators: Figures;
  readonly metrics: Figures;
}
