/** Entry of the language worker: the one thread that holds TypeScript. */
import { parentPort, workerData } from 'node:worker_threads';
import { readTranslations, setTranslations } from '../l10n/translations.ts';
import { loadLibrary } from '../program/library.ts';
import type { LanguageRequest } from './protocol.ts';
import { LanguageService } from './service.ts';

setTranslations(readTranslations(workerData));

const service = new LanguageService(loadLibrary);

parentPort?.on('message', (request: LanguageRequest) => {
  parentPort?.postMessage(service.handle(request));
});
