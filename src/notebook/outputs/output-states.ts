import { translations } from '../../l10n/translations.ts';
import { plainText } from '../../output/summary.ts';
import type { OutputError, OutputState, RunPhase } from '../../output/types.ts';
import type { OutputContent } from '../../platform/ports.ts';
import { OUTPUT_MIME, type OutputItemContent } from '../../renderer/protocol.ts';

/** An error that is no one operator's. */
export function plainError(title: string, hint: string | null = null): OutputError {
  return { title, operator: null, place: null, recordNumber: null, source: null, file: null, record: null, hint };
}

/** The state with another phase. */
export function withPhase(state: OutputState, phase: RunPhase): OutputState {
  return { ...state, status: { ...state.status, phase } };
}

/** The output as the notebook holds it: for our renderer, and as text for every other reader. */
export function outputContent(state: OutputState): OutputContent {
  const content: OutputItemContent = { ...state, strings: translations() };
  return {
    id: state.id,
    items: [
      { mime: OUTPUT_MIME, text: JSON.stringify(content) },
      { mime: 'text/plain', text: plainText(state) },
    ],
  };
}
