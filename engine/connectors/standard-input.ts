/** The path that stands for standard input. */
export const STANDARD_INPUT_PATH = '-';

/** Its only split, as users see it. */
export const STANDARD_INPUT = 'standard input';
