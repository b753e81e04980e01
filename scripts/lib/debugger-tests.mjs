import { desktopVsCode } from './desktop-vscode.mjs';
import { runMocha } from './mocha.mjs';
import { servedVsCode } from './served-vscode.mjs';

/** Oldest Node of the versions of VS Code that the extension supports. In Node 20 V8's inspector may crash when a worker under it is ended. */
const NODE_MAJOR = 22;

/**
 * The debugger over real workers, in a Node as VS Code has it.
 * @returns {Promise<import('./stages.mjs').StageResult>}
 */
export async function debuggerStage() {
  const isNewEnough = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR;
  if (!isNewEnough && (await desktopVsCode()) !== null) {
    return { passed: 0, failed: 0, skipped: [`debugger: needs Node ${NODE_MAJOR}, this is ${process.versions.node}`] };
  }
  const node = isNewEnough ? process.execPath : (await servedVsCode()).node;
  return runMocha('debugger', ['test/debugger/**/*.test.ts'], { capture: true, node });
}
