/** Entry of the language worker: the one thread that holds TypeScript. */
import { parentPort } from 'node:worker_threads';
import { loadLibrary } from '../program/library.ts';
import type { LanguageRequest } from './protocol.ts';
import { LanguageService } from './service.ts';

const service = new LanguageService(loadLibrary);

parentPort?.on('message', (request: LanguageRequest) => {
  parentPort?.postMessage(service.handle(request));
});
