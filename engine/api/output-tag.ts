import { formatCut } from '../runtime/format-value.ts';
import { IllegalArgumentException } from './errors.ts';
import { stateTypeOf, type TypeInformation } from './type-information.ts';

/** Names and types a side output. Two tags with the same id are the same output. */
export class OutputTag<T> {
  declare protected readonly elementType: (value: T) => void;
  readonly #id: string;
  /** Records are not stored on their way: the type is only checked for being one. */
  constructor(id: string, type?: TypeInformation<T>) {
    if (type !== undefined) stateTypeOf(type);
    if (typeof id !== 'string' || id === '') throw new IllegalArgumentException('OutputTag id must not be empty.');
    this.#id = id;
  }
  getId(): string {
    return this.#id;
  }
}

/** The id of a tag given by user code. Throws IllegalArgumentException for anything else. */
export function tagId(tag: unknown): string {
  if (tag === null || tag === undefined) throw new IllegalArgumentException('OutputTag must not be null.');
  if (!(tag instanceof OutputTag)) throw new IllegalArgumentException(`${formatCut(tag, 100)} is not an OutputTag.`);
  return tag.getId();
}
