import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { CheckpointsViews } from '../checkpoints/start.ts';
import type { ReplayStart } from '../host/protocol.ts';
import type { OutputState, ReplayAction } from '../output/types.ts';
import type { StatusItem } from '../platform/ports.ts';
import type { PlacedCell } from './cells.ts';
import type { NotebookService } from './notebook-service.ts';

/** What the extension hands out in test mode only. Cells and notebooks are addressed by the text of their URI. */
export interface StreambookTestApi {
  /** Newest states of a cell's outputs. */
  outputs(cell: string): readonly OutputState[];
  /** "idle" before the first run; the stage of the run under way; else how the last one ended. */
  phase(cell: string): string;
  /** What the status bar of the cell shows. */
  status(cell: string): readonly StatusItem[];
  /** The Checkpoints view. */
  readonly checkpoints: Pick<CheckpointsViews, 'tree' | 'commands'>;
  run(cells: readonly string[]): void;
  runFrom(cell: string, checkpoint: CheckpointRef): void;
  replay(cell: string, start: ReplayStart): void;
  control(cell: string, action: ReplayAction): void;
  stop(cell: string): void;
  kill(cell: string): void;
  /** Ms that `activate` took. */
  readonly activationTime: number;
}

export function createTestApi(
  service: NotebookService,
  checkpoints: CheckpointsViews,
  find: (cell: string) => PlacedCell | null,
  activationTime: number,
): StreambookTestApi {
  return {
    outputs: (cell) => service.runs.outputs(cell),
    phase: (uri) => {
      const found = find(uri);
      if (found === null) {
        return 'idle';
      }
      const { active, end } = service.runs.status(found.notebook, found.cell);
      return active?.stage ?? end ?? 'idle';
    },
    status: (uri) => {
      const found = find(uri);
      return found === null ? [] : service.statusItems(found.notebook, found.cell);
    },
    checkpoints,
    runFrom: (cell, checkpoint) => service.runs.runFrom(cell, checkpoint),
    run: (cells) => service.runs.run(cells),
    replay: (cell, start) => service.runs.replay(cell, start),
    control: (cell, action) => service.runs.control(cell, action),
    stop: (cell) => service.runs.stop(cell),
    kill: (cell) => service.runs.kill(cell),
    activationTime,
  };
}
