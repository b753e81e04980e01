import { runPackage } from './exec.mjs';
import { missingFromLockfile } from './lockfile.mjs';

const RULES = ['--config', 'oxlint.config.mjs'];

/** The checks of the source's form, by name: what to run, and with which arguments when asked to repair. */
const CHECKS = [
  // Types as well: one native compiler serves the rules and the check.
  { name: 'oxlint', command: ['oxlint'], args: [...RULES, '--deny-warnings'], fix: [...RULES, '--fix'] },
  { name: 'biome', command: ['@biomejs/biome'], args: ['format', '.'], fix: ['format', '--write', '.'] },
  {
    name: 'dependency-cruiser',
    command: ['dependency-cruiser', 'depcruise'],
    args: ['src', 'engine', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  },
  { name: 'knip', command: ['knip'], args: [] },
];

/**
 * @param {{ fix?: boolean, capture?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export async function lint({ fix = false, capture = false } = {}) {
  let ok = true;
  let collected = '';
  for (const { name, command, args, fix: fixArgs } of CHECKS) {
    const { code, output } = await runPackage(command, (fix && fixArgs) || args, { capture });
    if (code === 0) continue;
    ok = false;
    collected += `--- ${name}\n${output}`;
  }
  const missing = await missingFromLockfile();
  if (missing.length > 0) {
    ok = false;
    const report = `--- package-lock.json lacks packages of other platforms: ${missing.join(', ')}\n`;
    if (!capture) console.error(report);
    collected += report;
  }
  return { ok, output: collected };
}
