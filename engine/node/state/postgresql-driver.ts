import { createHash } from 'node:crypto';
import { Client } from 'pg';
import type { StoreDriver, StoreWrite } from './store-protocol.ts';

/** An index takes keys of 2,704 bytes at most: it has the beginning of a key, and for a longer one its hash. */
const INDEXED_BYTES = 1_000;
const NO_HASH = Buffer.alloc(0);

function beginning(key: Uint8Array): Buffer {
  return Buffer.from(key.subarray(0, INDEXED_BYTES));
}

function hashOf(key: Uint8Array): Buffer {
  return key.length <= INDEXED_BYTES ? NO_HASH : createHash('sha256').update(key).digest();
}

interface Row {
  readonly k: Buffer;
  readonly v: Buffer;
}

/** Without the pool that small buffers are parts of. */
function own(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}

let connected: Promise<Client> | null = null;

/** One connection for all stores of the thread. */
async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'streambook' });
  // The next query tells that the connection is lost.
  client.on('error', () => undefined);
  await client.connect();
  // Temporary tables have no statistics, and every access is one by the index.
  await client.query('set enable_seqscan = off; set enable_bitmapscan = off');
  return client;
}

/**
 * A temporary table per store: nobody else sees it, nothing of it is logged, and the server drops it when the connection ends, however it ends. Order is that
 * of bytea: unsigned bytes, a prefix first.
 */
export async function openPostgreSql(url: string, name: string): Promise<StoreDriver> {
  connected ??= connect(url);
  let client: Client;
  try {
    client = await connected;
  } catch (error) {
    connected = null;
    throw error;
  }
  const table = `"streambook ${name}"`;
  await client.query(`create temporary table ${table} (p bytea, h bytea, k bytea not null, v bytea not null, primary key (p, h))`);
  const upsert = {
    name: `put ${name}`,
    text: `insert into ${table} select * from unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[])
      on conflict (p, h) do update set v = excluded.v`,
  };
  const remove = {
    name: `delete ${name}`,
    text: `delete from ${table} t using unnest($1::bytea[], $2::bytea[]) as gone (p, h) where t.p = gone.p and t.h = gone.h`,
  };
  const find = { name: `get ${name}`, text: `select v from ${table} where p = $1 and h = $2` };
  const page = {
    name: `scan ${name}`,
    text: `select k, v from ${table} where p >= $1 and p <= $2 and k >= $3 and k < $4 order by p, k limit $5`,
  };
  return {
    write: async (writes) => {
      const puts = writes.filter((write): write is readonly [Uint8Array, Uint8Array] => write[1] !== null);
      const gone = writes.filter(([, value]) => value === null);
      if (gone.length > 0) await client.query({ ...remove, values: keyColumns(gone) });
      if (puts.length === 0) return;
      const contents = [puts.map(([key]) => Buffer.from(key)), puts.map(([, value]) => Buffer.from(value))];
      await client.query({ ...upsert, values: [...keyColumns(puts), ...contents] });
    },
    get: async (key) => {
      const { rows } = await client.query<Pick<Row, 'v'>>({ ...find, values: [beginning(key), hashOf(key)] });
      return rows[0] === undefined ? null : own(rows[0].v);
    },
    scan: async (from, to, limit) => {
      const values = [beginning(from), beginning(to), Buffer.from(from), Buffer.from(to), limit];
      const { rows } = await client.query<Row>({ ...page, values });
      return rows.map(({ k, v }) => [own(k), own(v)] as const);
    },
    dispose: async () => {
      await client.query(`drop table ${table}`);
    },
  };
}

function keyColumns(writes: readonly StoreWrite[]): [beginnings: readonly Buffer[], hashes: readonly Buffer[]] {
  return [writes.map(([key]) => beginning(key)), writes.map(([key]) => hashOf(key))];
}
