/** Stands for a window: starts a job in a process, hands on what it writes, and is killed. Its argument is a file with what to start. */
import { readFileSync } from 'node:fs';
import { type ProcessEntries, startJobProcess } from '../../../src/host/child-process.ts';
import type { StartJob } from '../../../src/host/protocol.ts';

const { entries, job } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as { entries: ProcessEntries; job: StartJob };
startJobProcess(entries, (text) => process.stdout.write(text)).postMessage({ id: 1, type: 'start', job });
