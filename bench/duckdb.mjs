/** The same aggregation as one SQL query of DuckDB on one thread: a batch engine, as a reference for speed. */
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER } from '@duckdb/node-api';

const CHUNK = 2048;
const QUERY = `
  SELECT key, CAST(floor(ts / 10000) AS BIGINT) * 10000 AS start, CAST(count(*) AS DOUBLE) AS n, sum(value * 1.1) AS total
  FROM input WHERE value * 1.1 > 0.05 GROUP BY key, start`;

/** @type {import('./variants.mjs').Variant} */
export const duckdb = {
  /** Loading the table is not part of the time: the other variants find their input in memory too. */
  async prepare(data) {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run('CREATE TABLE input (key INTEGER, ts DOUBLE, value DOUBLE)');
    const appender = await connection.createAppender('input');
    for (let from = 0; from < data.key.length; from += CHUNK) {
      const rows = Math.min(CHUNK, data.key.length - from);
      const chunk = DuckDBDataChunk.create([INTEGER, DOUBLE, DOUBLE], rows);
      for (const [column, values] of [data.key, data.ts, data.value].entries()) {
        const vector = chunk.getColumnVector(column);
        for (let i = 0; i < rows; i++) vector.setItem(i, values[from + i]);
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    return async (emit) => {
      const result = await connection.runAndReadAll(QUERY);
      const [key, start, n, total] = result.getColumns();
      for (let i = 0; i < key.length; i++) emit(key[i], Number(start[i]), n[i], total[i]);
    };
  },
};
