import { sourceOf, type UserFunction } from './user-function.ts';

/** What the graph carries of an object of the API, such as a trigger: JSON-safe data, and the functions of user code in it (rule 3). */
export interface GraphData {
  readonly data: unknown;
  readonly functions: readonly UserFunction[];
}

/** Under this name objects of ours say what they are; those of user code are known by their source. */
export const GRAPH_DATA: unique symbol = Symbol('graph data');

interface Described {
  toString(): string;
  readonly [GRAPH_DATA]: GraphData;
}

function isDescribed(target: object): target is Described {
  return GRAPH_DATA in target;
}

/** What the graph carries of a trigger, evictor or assigner. */
export function graphDataOf(target: object): GraphData {
  if (isDescribed(target)) return target[GRAPH_DATA];
  const call = (): never => {
    throw new Error('it is called by the names of its methods');
  };
  return { data: target.constructor.name, functions: [{ call, target, arrow: false, source: sourceOf(target) }] };
}

/** As the description of an operator names it: "CountTrigger(3)", or the name of a class of user code. */
export function labelOf(target: object): string {
  return isDescribed(target) ? target.toString() : target.constructor.name;
}
