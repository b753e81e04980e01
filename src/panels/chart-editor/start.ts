import type { Disposable } from '../../platform/ports.ts';
import { type ChartEditorPorts, ChartEditors } from './chart-editors.ts';

/** Opens the chart editor: for a cell, or for one display of it. */
export interface ChartEditing extends Disposable {
  edit(cell: string, display?: string): Promise<void>;
}

/** Starts the chart editor. Nothing is loaded before one is opened. */
export function startChartEditor(ports: ChartEditorPorts): ChartEditing {
  return new ChartEditors(ports);
}
