import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const started = new Set();

/**
 * Starts a long-running program in a process group of its own, so that it can be ended with everything it started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function startGroup(command, args, options) {
  const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' });
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

/** @param {import('node:child_process').ChildProcess} child */
function signalGroup(child, /** @type {NodeJS.Signals} */ signal) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/**
 * Ends a program and everything it started; after three seconds without mercy.
 * @param {import('node:child_process').ChildProcess} child
 */
export async function stopGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null) return signalGroup(child, 'SIGKILL');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 3000);
  await gone;
  clearTimeout(timer);
  // What the program started may outlive it for a moment.
  signalGroup(child, 'SIGKILL');
}

// Whatever ends this process (Ctrl-C, an error), nothing it started stays behind.
process.once('exit', () => {
  for (const child of started) signalGroup(child, 'SIGKILL');
});
