import type { Disposable } from '../../platform/ports.ts';
import { type ChartEditorPorts, ChartEditors } from './chart-editors.ts';

/** The command that opens the editor; its argument is the URI of a cell. */
export const EDIT_CHART = 'streambook.editChart';

/** Opens the chart editor: for a cell, or for one display of it. */
export interface ChartEditing extends Disposable {
  edit(cell: string, display?: string): Promise<void>;
}

/** Starts the chart editor. Nothing is loaded before one is opened. */
export function startChartEditor(ports: ChartEditorPorts): ChartEditing {
  return new ChartEditors(ports);
}
