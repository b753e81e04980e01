/** File in samples/data → its content. */
export const SAMPLE_DATA: Readonly<Record<string, () => string>>;
