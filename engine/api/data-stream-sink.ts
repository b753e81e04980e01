import type { StreamVertex } from '../graph/stream-graph.ts';
import { checkMaxParallelism, checkParallelism, setName, setSlotSharingGroup, setUid, setUidHash } from './operator-settings.ts';

/** A sink, with the operator's settings. */
export class DataStreamSink<out T> {
  declare protected readonly elementType: T;
  readonly #vertex: StreamVertex;
  constructor(vertex: StreamVertex) {
    this.#vertex = vertex;
  }
  uid(uid: string): this {
    setUid(this.#vertex, uid);
    return this;
  }
  setUidHash(hash: string): this {
    setUidHash(this.#vertex, hash);
    return this;
  }
  name(name: string): this {
    setName(this.#vertex, name);
    return this;
  }
  setDescription(description: string): this {
    this.#vertex.description = description;
    return this;
  }
  setParallelism(parallelism: number): this {
    this.#vertex.parallelism = checkParallelism(parallelism);
    return this;
  }
  setMaxParallelism(maxParallelism: number): this {
    this.#vertex.maxParallelism = checkMaxParallelism(maxParallelism);
    return this;
  }
  disableChaining(): this {
    this.#vertex.chaining = 'NEVER';
    return this;
  }
  slotSharingGroup(name: string): this {
    setSlotSharingGroup(this.#vertex, name);
    return this;
  }
}
