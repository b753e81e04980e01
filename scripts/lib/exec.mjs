import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, ROOT } from './paths.mjs';

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, capture?: boolean, shell?: boolean }} [options]
 *   `capture` collects standard output and error instead of passing them on.
 * @returns {Promise<{ code: number, output: string }>} `code` is 127 when the program could not be started.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.capture ? 'pipe' : 'inherit', options.capture ? 'pipe' : 'inherit'],
      shell: options.shell ?? false,
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\nIt was ended by ${signal}.\n` }),
    );
  });
}

/**
 * The file behind a command of an installed package, to be run with this Node: works the same on every platform.
 * @param {string} packageName
 * @param {string} [command] the package's own name when absent
 */
export function packageCommand(packageName, command = path.basename(packageName)) {
  const folder = inRoot('node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin[command];
  if (file === undefined) throw new Error(`The package ${packageName} has no command ${command}.`);
  return path.join(folder, file);
}

/**
 * Runs a command of an installed package.
 * @param {[string, string?]} command package and, where it has another name, its command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2] & { node?: string }} [options] `node`: the Node to run it with; default: this one
 */
export function runPackage([packageName, command], args, options) {
  return run(options?.node ?? process.execPath, [packageCommand(packageName, command), ...args], options);
}

/**
 * Runs npm. On Windows npm is a script of the shell; npm itself tells its own file when it started us.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNpm(args, options) {
  const file = process.env.npm_execpath;
  if (file?.endsWith('.js')) return run(process.execPath, [file, ...args], options);
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}
