import { execFile } from 'node:child_process';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { TempFolder } from './temp-folder.ts';

const run = promisify(execFile);
/** Where Debian and its like keep what is not on the path. */
const VERSIONS = '/usr/lib/postgresql';

/** A server of PostgreSQL for one suite, which listens on a socket in its own folder only. */
export class PostgreSqlServer {
  readonly #folder: TempFolder;
  readonly #programs: string;

  private constructor(folder: TempFolder, programs: string) {
    this.#folder = folder;
    this.#programs = programs;
  }

  /** Starts one, or says why there is none. */
  static async start(): Promise<PostgreSqlServer | string> {
    const newest = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0] : undefined;
    if (newest === undefined) return `there is no PostgreSQL in ${VERSIONS}`;
    const folder = new TempFolder();
    const server = new PostgreSqlServer(folder, path.join(VERSIONS, newest, 'bin'));
    try {
      await server.#own();
      await server.#run('initdb', '-D', server.#data, '-U', 'test', '-A', 'trust', '--no-locale', '-E', 'UTF8', '--no-sync');
      const options = `-c listen_addresses= -c unix_socket_directories=${folder.path} -c fsync=off`;
      await server.#run('pg_ctl', '-D', server.#data, '-w', '-l', path.join(folder.path, 'log'), '-o', options, 'start');
      return server;
    } catch (error) {
      folder.remove();
      return String(error);
    }
  }

  get #data(): string {
    return path.join(this.#folder.path, 'data');
  }

  /** The server does not run as root: there it is the user that the package has made for it. */
  async #own(): Promise<void> {
    if (process.getuid?.() !== 0) return;
    const [user, group] = await Promise.all(['-u', '-g'].map(async (what) => Number((await run('id', [what, 'postgres'])).stdout)));
    chownSync(this.#folder.path, user ?? 0, group ?? 0);
  }

  async #run(program: string, ...args: readonly string[]): Promise<void> {
    const command = [path.join(this.#programs, program), ...args];
    const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    const [file = '', ...rest] = asUser;
    // A server that goes on in the background must not hold the pipes.
    await new Promise<void>((resolve, reject) => {
      const child = execFile(file, rest, { cwd: this.#folder.path });
      let said = '';
      child.stderr?.on('data', (text: string) => (said += text));
      child.on('error', reject);
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program}: ${said}`))));
    });
  }

  get url(): string {
    return `postgresql://test@localhost/postgres?host=${encodeURIComponent(this.#folder.path)}`;
  }

  async stop(): Promise<void> {
    await this.#run('pg_ctl', '-D', this.#data, '-m', 'immediate', 'stop');
    this.#folder.remove();
  }
}
