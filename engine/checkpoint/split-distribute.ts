/**
 * Deals the elements of a list state out to `parallelism` subtasks: in order, in runs of equal length, the first ones with one more where it does not come out even
 * (Flink's RoundRobinOperatorStateRepartitioner, SPLIT_DISTRIBUTE). `lists`: of the subtasks that wrote them; with as many as there are to be, each keeps its own.
 */
export function splitDistribute<T>(lists: readonly (readonly T[])[], parallelism: number): readonly (readonly T[])[] {
  if (lists.length === parallelism) return lists;
  const all = lists.flat();
  const least = Math.floor(all.length / parallelism);
  const longer = all.length % parallelism;
  return Array.from({ length: parallelism }, (_, subtask) => {
    const start = subtask * least + Math.min(subtask, longer);
    return all.slice(start, start + least + (subtask < longer ? 1 : 0));
  });
}
