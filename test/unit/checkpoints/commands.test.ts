import assert from 'node:assert/strict';
import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import { CheckpointActions } from '../../../src/checkpoints/checkpoint-actions.ts';
import { checkpointCommands } from '../../../src/checkpoints/checkpoint-commands.ts';
import { CheckpointDocuments } from '../../../src/checkpoints/documents.ts';
import type { CheckpointTreeNode } from '../../../src/checkpoints/nodes.ts';
import { OpenedDocuments } from '../../../src/checkpoints/opened-documents.ts';
import { CheckpointTree } from '../../../src/checkpoints/tree-model.ts';
import type { DocumentAddress } from '../../../src/platform/tree-ports.ts';
import { catalogOf, JOB, l10n, manifest, numbered, open, state } from './fixtures.ts';

const OTHER = { ...JOB, directory: '/other', identity: { notebook: 'other.stream.md', cell: 'sums' }, notebook: 'other.stream.md' };

/** The verbs over a catalog of checkpoints 1 to 3 with 2,500 entries, and what they did. */
function start(answers: { readonly confirm?: boolean; readonly input?: string | null; readonly failure?: string } = {}) {
  const one = (checkpoint: number) =>
    manifest(checkpoint, [state('n', 'value', 2_500), { ...state('m', 'value', 1), subtasks: [{ subtask: checkpoint, runs: [] }] }]);
  const manifests = [one(3), one(2), one(1)];
  const catalog = catalogOf(manifests, (checkpoint, name) => (name === 'n' ? numbered(2_500, (n) => n) : numbered(1, () => checkpoint)));
  const tree = new CheckpointTree(catalog, l10n);
  const opened = new OpenedDocuments();
  const shown: DocumentAddress[] = [];
  const diffs: (readonly [DocumentAddress, DocumentAddress, string])[] = [];
  const done: string[] = [];
  const note = (ref: CheckpointRef, what: string): void => {
    if (answers.failure !== undefined) throw new Error(answers.failure);
    done.push(`${what} ${ref.checkpoint}`);
  };
  let onRow: CheckpointTreeNode | null = null;
  let asked = 0;
  const commands = checkpointCommands({
    catalog,
    tree,
    opened,
    l10n,
    pause: () => null,
    texts: new CheckpointDocuments(catalog, l10n, () => null),
    documents: {
      show: async (document) => void shown.push(document),
      diff: async (left, right, title) => void diffs.push([left, right, title]),
      active: () => shown.at(-1)?.key ?? null,
      dispose: () => undefined,
    },
    actions: new CheckpointActions(
      () => ({
        label: async (ref, label) => note(ref, `label ${label ?? 'none'}`),
        deleteCheckpoint: async (ref) => note(ref, 'delete'),
      }),
      'window',
    ),
    dialogs: {
      confirm: async (message, detail) => {
        done.push(`${message} ${detail}`);
        return answers.confirm ?? false;
      },
      input: async () => answers.input ?? null,
      error: (message) => void done.push(`error: ${message}`),
      info: (message) => void done.push(`info: ${message}`),
      copy: async (text) => void done.push(text),
      openNotebook: async () => undefined,
    },
    setSelected: () => undefined,
    restore: async (_job, ref) => note(ref, 'restore'),
    replay: async (_job, ref, record) => void done.push(`replay ${ref.run}/${ref.checkpoint} from ${record}`),
    openCell: async (job) => void done.push(`open ${job.identity.cell}`),
    refresh: () => undefined,
    focused: async () => {
      asked++;
      return onRow;
    },
  });
  const run = async (verb: string, node: CheckpointTreeNode | null): Promise<void> =>
    await (Object.entries(commands).find(([id]) => id === `streambook.checkpoints.${verb}`)?.[1] ?? assert.fail(verb))(node);
  const row = async (...labels: readonly string[]): Promise<CheckpointTreeNode> => {
    const last = labels.at(-1) ?? assert.fail('no label');
    return (await open(tree, ...labels.slice(0, -1))).find((node) => tree.row(node).label === last) ?? assert.fail(last);
  };
  const textOf = async ({ key }: DocumentAddress): Promise<string> => (await opened.get(key)?.text()) ?? assert.fail(key);
  return { run, row, textOf, shown, diffs, done, asked: () => asked, goTo: (node: CheckpointTreeNode) => void (onRow = node) };
}

const RUN = ['sums', 'run 1'] as const;

describe('Inspect', () => {
  it('shows a state page by page, forwards and back, and says where it is', async () => {
    const { run, row, textOf, shown } = start();
    await run('inspect', await row(...RUN, '3', 'KeyedProcess', 'n'));
    await run('nextPage', null);
    await run('nextPage', null);
    await run('nextPage', null);
    await run('previousPage', null);
    assert.deepEqual(
      shown.map(({ path }) => path),
      ['/first/sums 1·3 n.txt', '/middle/sums 1·3 n, page 2.txt', '/last/sums 1·3 n, page 3.txt', '/middle/sums 1·3 n, page 2.txt'],
    );
    assert.match(await textOf(shown[0]!), /Page 1: entries 1 – 1,000\n {2}0: 0\n[^]* {2}999: 999\n {2}… 1,500 more\n$/);
    assert.match(await textOf(shown[2]!), /Page 3: entries 2,001 – 2,500\n {2}2000: 2000\n[^]* {2}2499: 2499\n$/);
    assert.equal(shown[1]?.key, shown[3]?.key);
  });

  it('shows only the states of an operator, where that was chosen', async () => {
    const { run, row, textOf, shown } = start();
    await run('inspect', await row(...RUN, '3', 'Source: payments'));
    assert.equal(shown[0]?.path, '/sums 1·3 Source: payments.txt');
    assert.doesNotMatch(await textOf(shown[0]), /KeyedProcess/);
    await run('inspect', await row(...RUN, '3', 'KeyedProcess'));
    assert.match(await textOf(shown[1]!), /KeyedProcess · n [^]*KeyedProcess · m /);
  });

  it('gives documents of cells of the same name in two notebooks texts of their own', async () => {
    const { run, row, textOf, shown } = start();
    const node = await row(...RUN, '3');
    assert.ok(node.kind === 'checkpoint');
    await run('inspect', node);
    await run('inspect', { ...node, job: OTHER });
    assert.notEqual(shown[0]?.key, shown[1]?.key);
    assert.match(await textOf(shown[0]!), /^sums \(n\.stream\.md\)/);
    assert.match(await textOf(shown[1]!), /^sums \(other\.stream\.md\)/);
  });
});

describe('Statistics', () => {
  it('are those of the run, in columns', async () => {
    const { run, row, textOf, shown } = start();
    await run('statistics', await row('sums', 'run 1'));
    assert.equal(shown[0]?.path, '/sums run 1, checkpoint statistics.txt');
    const lines = (await textOf(shown[0])).split('\n');
    assert.equal(lines[1], '3 triggered, 2 completed, 1 failed');
    assert.equal(lines[2], 'Restored from run 2, checkpoint 12');
    assert.match(lines[4] ?? '', /^ +min +avg +p50 +p90 +p95 +p99 +max$/);
    assert.match(lines.find((line) => line.includes('failed: ')) ?? '', /^2 .*failed: The disk is full\.$/);
    assert.match(lines.find((line) => /^3 +checkpoint/.test(line)) ?? '', /^3 +checkpoint +1970-01-01 .* 3,400,000 +0$/);
  });
});

describe('Compare', () => {
  it('keeps two comparisons of one checkpoint apart', async () => {
    const { run, row, textOf, diffs } = start();
    await run('selectForCompare', await row(...RUN, '1'));
    await run('compareWithSelected', await row(...RUN, '3'));
    await run('selectForCompare', await row(...RUN, '2'));
    await run('compareWithSelected', await row(...RUN, '3'));
    const [first, second] = diffs;
    assert.equal(first?.[2], 'sums 1·1 ↔ sums 1·3: 1 changed');
    assert.match(await textOf(first[0]), / {2}0: 1\n$/);
    assert.match(await textOf(second![0]), / {2}0: 2\n$/);
    assert.match(await textOf(first[1]), / {2}0: 3\n$/);
  });

  it('compares a state with the same state of a checkpoint that was selected as a whole', async () => {
    const { run, row, diffs } = start();
    await run('selectForCompare', await row(...RUN, '1'));
    await run('compareWithSelected', await row(...RUN, '3', 'KeyedProcess', 'm'));
    assert.equal(diffs[0]?.[2], 'sums 1·1 m ↔ sums 1·3 m: 1 changed');
  });

  it('says so when there is nothing before', async () => {
    const { run, row, diffs, done } = start();
    await run('compareWithPrevious', await row(...RUN, '1'));
    assert.deepEqual([diffs, done], [[], ['info: There is no earlier checkpoint in run 1.']]);
  });
});

describe('The verbs that change something', () => {
  it('replay the run from where a checkpoint was taken', async () => {
    const { run, row, done } = start();
    await run('replay', await row(...RUN, '2'));
    assert.match(done[0] ?? '', /^replay \d+\/2 from \d+$/);
  });

  it('restore only after a question that says what comes back', async () => {
    const refused = start();
    await refused.run('restore', await refused.row(...RUN, '2'));
    assert.equal(refused.done.length, 1);
    assert.match(refused.done[0]!, /^Restore sums from checkpoint 2 of run 1\? Taken 2026-03-14 12:04:02, 3\.4 MB, after 91,044 records\./);
    assert.match(refused.done[0]!, /State comes back for KeyedProcess \(2,501 entries\)\.$/);
    const agreed = start({ confirm: true });
    await agreed.run('restore', await agreed.row(...RUN, '2'));
    assert.equal(agreed.done[1], 'restore 2');
  });

  it('pin under a name, and do nothing without one', async () => {
    for (const [input, done] of [
      ['  before deploy ', ['label before deploy 2']],
      ['  ', []],
      [null, []],
    ] as const) {
      const verbs = start({ input });
      await verbs.run('pin', await verbs.row(...RUN, '2'));
      assert.deepEqual(verbs.done, done);
    }
    const verbs = start();
    await verbs.run('unpin', await verbs.row(...RUN, '2'));
    assert.deepEqual(verbs.done, ['label none 2']);
  });

  it('delete after a question, and show why that was refused', async () => {
    const agreed = start({ confirm: true });
    await agreed.run('delete', await agreed.row(...RUN, '1'));
    assert.deepEqual(agreed.done, ['Delete checkpoint 1 of run 1 of sums? It cannot be restored afterwards.', 'delete 1']);
    const failing = start({ confirm: true, failure: 'It is the newest of the running job.' });
    await failing.run('delete', await failing.row(...RUN, '3'));
    assert.equal(failing.done.at(-1), 'error: It is the newest of the running job.');
  });

  it('are for the row that the keyboard is on when they come by a key', async () => {
    const verbs = start({ confirm: true });
    verbs.goTo(await verbs.row(...RUN, '1'));
    await verbs.run('delete', null);
    assert.equal(verbs.done.at(-1), 'delete 1');
  });

  it('leave the rows alone where they are for none', async () => {
    const verbs = start();
    for (const verb of ['refresh', 'nextPage', 'previousPage']) await verbs.run(verb, null);
    assert.equal(verbs.asked(), 0);
  });
});

describe('Copy as JSON', () => {
  it('copies an entry, and a state as a list', async () => {
    const { run, row, done } = start();
    await run('copy', await row(...RUN, '3', 'KeyedProcess', 'm', '0'));
    await run('copy', await row(...RUN, '3', 'KeyedProcess', 'n'));
    assert.deepEqual(JSON.parse(done[0]!), { key: 0, value: 3 });
    const list = JSON.parse(done[1]!);
    assert.equal(list.length, 2_500);
    assert.deepEqual(list[7], { key: 7, value: 7 });
  });
});
