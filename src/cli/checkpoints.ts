import { resolve } from 'node:path';
import { checkpointStatistics } from '../../engine/checkpoint/statistics.ts';
import type { CheckpointManifest, StateManifest } from '../../engine/checkpoint/manifest.ts';
import { CheckpointReader, type ListedJob, readable } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { formatCut } from '../../engine/runtime/format-value.ts';
import { decodeEntryKey } from '../../engine/state/entry-codec.ts';
import { decodeValue } from '../../engine/state/stored-value.ts';
import { statisticsText } from '../output/statistics-text.ts';
import { durationText, fullNumber } from '../output/text.ts';
import { type CheckpointsCommand, UsageError } from './arguments.ts';
import { FINISHED } from './exit-codes.ts';
import { harmless, type StandardStreams } from './streams.ts';

/** Entries of a state that `show` prints. */
const SHOWN_ENTRIES = 20;

/** `streambook checkpoints list|show|stats`. Throws UsageError for what is not there, CheckpointError for what cannot be read. Returns the exit code. */
export async function showCheckpoints(command: CheckpointsCommand, streams: StandardStreams): Promise<number> {
  const reader = new CheckpointReader(new FileDisk(resolve(command.directory)));
  const jobs = await reader.jobs();
  if (jobs.length === 0) throw new UsageError(`There are no checkpoints in ${command.directory}.`);
  if (command.action === 'stats') for (const job of jobs) await statistics(reader, job, command.json, streams);
  else if (command.checkpoint === null) for (const job of jobs) await list(reader, job, streams);
  else await show(reader, jobs, command.checkpoint, streams);
  return FINISHED;
}

async function list(reader: CheckpointReader, { folder, identity }: ListedJob, streams: StandardStreams): Promise<void> {
  streams.out(harmless(`${identity.cell} (${identity.notebook})\n`));
  for (const { run, forkedFrom } of await reader.runs(folder)) {
    const from = forkedFrom === null ? '' : `, forked from run ${forkedFrom.run} · checkpoint ${forkedFrom.checkpoint}`;
    streams.out(`  run ${run}${from}\n`);
    for (const { checkpoint, manifest, error } of await reader.checkpoints(folder, run)) {
      streams.out(harmless(`    ${run}/${checkpoint}  ${manifest === null ? (error ?? 'cannot be read') : summary(manifest)}\n`));
    }
    for (const { checkpoint, reason } of await reader.failed(folder, run))
      streams.out(harmless(`    ${run}/${checkpoint}  failed: ${reason}\n`));
  }
}

async function statistics(
  reader: CheckpointReader,
  { folder, identity }: ListedJob,
  json: boolean,
  streams: StandardStreams,
): Promise<void> {
  for (const info of await reader.runs(folder)) {
    const manifests = (await reader.checkpoints(folder, info.run)).flatMap(({ manifest }) => manifest ?? []);
    const figures = checkpointStatistics(info, manifests, await reader.failed(folder, info.run));
    if (json) streams.out(`${JSON.stringify({ job: identity, run: info.run, ...figures })}\n`);
    else streams.out(harmless(`${statisticsText(`${identity.cell} (${identity.notebook}), run ${info.run}`, figures)}\n`));
  }
}

function summary({ completed, kind, label, stateBytes, pause, encoding, writing, records, final }: CheckpointManifest): string {
  const parts = [
    new Date(completed).toISOString(),
    label ?? (kind === 'savepoint' ? 'savepoint' : final ? 'last' : null),
    `${fullNumber(records)} records`,
    `${fullNumber(stateBytes)} bytes`,
    durationText(pause + encoding + writing),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

async function show(reader: CheckpointReader, jobs: readonly ListedJob[], wanted: string, streams: StandardStreams): Promise<void> {
  const [, run, checkpoint] = /^(\d+)\/(\d+)$/.exec(wanted) ?? [];
  if (run === undefined || checkpoint === undefined)
    throw new UsageError(`A checkpoint is named by run and number, such as 1/12, not “${wanted}”.`);
  const ref = { run: Number(run), checkpoint: Number(checkpoint) };
  let found = false;
  for (const { folder, identity } of jobs) {
    const listed = (await reader.checkpoints(folder, ref.run)).find((one) => one.checkpoint === ref.checkpoint);
    if (listed === undefined) continue;
    found = true;
    const manifest = readable(listed);
    streams.out(harmless(`${identity.cell} (${identity.notebook}), run ${ref.run}, checkpoint ${ref.checkpoint}: ${summary(manifest)}\n`));
    for (const operator of manifest.operators) {
      streams.out(harmless(`  ${operator.name}${operator.uid === null ? '' : ` (uid ${operator.uid})`}\n`));
      for (const { positions } of operator.subtasks) {
        for (const { split, offset, finished } of positions)
          streams.out(harmless(`    ${split}: ${finished ? 'read to its end' : `read up to ${fullNumber(offset)}`}\n`));
      }
      for (const state of operator.keyed) await showState(reader, folder, state, streams);
    }
  }
  if (!found) throw new UsageError(`There is no checkpoint ${wanted}.`);
}

async function showState(reader: CheckpointReader, folder: string, state: StateManifest, streams: StandardStreams): Promise<void> {
  streams.out(harmless(`    ${state.name} (${state.kind}): ${fullNumber(state.entries)} entries, ${fullNumber(state.bytes)} bytes\n`));
  for (const [key, value] of await reader.page(folder, state, null, SHOWN_ENTRIES)) {
    const { key: of, namespace, userKey } = decodeEntryKey(key);
    const parts = [of, namespace, userKey].filter((part) => part !== undefined).map((part) => formatCut(part, 100));
    streams.out(harmless(`      ${parts.join(' · ')}  ${formatCut(decodeValue(value), 200)}\n`));
  }
  if (state.entries > SHOWN_ENTRIES) streams.out(`      … ${fullNumber(state.entries - SHOWN_ENTRIES)} more\n`);
}
