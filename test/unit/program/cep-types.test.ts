import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readGoldenFile } from '../../../engine/testkit/golden-case.ts';
import { cellsOf, compiler, summary } from './compiling.ts';

const LOGINS = `interface Login { user: string; ok: boolean; at: number }
declare const logins: DataStream<Login>;`;

function errors(...texts: readonly string[]): string[] {
  const cells = cellsOf(LOGINS, ...texts);
  return summary(cells, compiler.diagnose(cells));
}

describe('types of complex event processing', () => {
  it('knows events and names of a pattern that a function begins, in conditions and in matches', () => {
    const pattern = `const attacks = CEP.pattern(logins.keyBy('user'), (begin) =>
      begin('failed', AfterMatchSkipStrategy.skipPastLastEvent()).where((e) => !e.ok).timesOrMore(3).greedy()
        .notNext('again').where((e) => !e.ok)
        .followedBy('success').where((e, ctx) => e.ok && ctx.getEventsForPattern('failed').length > 3).within('1 min'))`;
    assert.deepEqual(errors(`${pattern}\n.select((match) => ({ user: match.success[0]?.user, tries: match.failed.length }));`), []);
    assert.deepEqual(errors(`${pattern};\nattacks.select((match) => match.sucess.length);`), ['c2 TS2551 “sucess”']);
    assert.deepEqual(errors(`${pattern};\nattacks.select((match) => match.again.length);`), ['c2 TS2339 “again”']);
    assert.deepEqual(errors(pattern.replace('!e.ok', '!e.okay')), ['c2 TS2339 “okay”']);
    assert.deepEqual(errors(pattern.replace("Pattern('failed')", "Pattern('faild')")), ["c2 TS2345 “'faild'”"]);
    const result = `${pattern}.select((match) => match.failed.length);\nconst wrong: DataStream<string> = attacks;`;
    assert.deepEqual(errors(result), ['c2 TS2322 “wrong”']);
  });

  it("takes Flink's way, with the type of the events written down and any name", () => {
    assert.deepEqual(
      errors(
        "const failures = Pattern.begin<Login>('failed').where((e) => !e.ok).oneOrMore().until(SimpleCondition.of((e) => e.ok));",
        `class Report extends PatternProcessFunction<Login, number> implements TimedOutPartialMatchHandler<Login> {
          processMatch(match: PatternMatch<Login>, ctx: PatternProcessFunction.Context, out: Collector<number>) { out.collect(match.failed.length); }
          processTimedOutMatch(match: PatternMatch<Login>, ctx: PatternProcessFunction.Context) { ctx.output(new OutputTag<string>('t'), match.failed[0].user); }
        }
        const counts: DataStream<number> = CEP.pattern(logins, failures).inProcessingTime().process(new Report());
        CEP.pattern(logins, Pattern.begin(failures).times(2).next(failures).optional());`,
      ),
      [],
    );
    assert.deepEqual(errors("CEP.pattern(env.fromData([1]), Pattern.begin<Login>('a')).select((m) => 1)").length, 1);
  });

  it('narrows by a type guard and by a class', () => {
    assert.deepEqual(
      errors(
        `class Rise { percent = 1 }
        class Fall { percent = 1; reason = '' }
        declare const moves: DataStream<Rise | Fall>;
        CEP.pattern(moves, (begin) => begin('rise').where((e): e is Rise => !('reason' in e)).next('fall').subtype(Fall).where((e) => e.reason !== ''))
          .flatSelect((match) => match.fall.map((e) => e.percent));`,
      ),
      [],
    );
  });

  it('gives the timeouts of select the type of their tag', () => {
    const select = (timeout: string): string =>
      `CEP.pattern(logins, (begin) => begin('a').next('b').within('1 s')).select(new OutputTag<number>('late'), ${timeout}, (match) => match.b.length);`;
    assert.deepEqual(errors(select('(match, time) => time + match.a.length')), []);
    assert.equal(errors(select("() => 'text'")).length, 1);
  });

  it('refuses asynchronous conditions and functions', () => {
    assert.equal(errors("CEP.pattern(logins, (begin) => begin('a').where(async () => true)).select((match) => 1);").length, 1);
    assert.equal(errors("CEP.pattern(logins, (begin) => begin('a')).select(async (match) => 1);").length, 1);
  });

  it('type-checks the pipelines of the golden cases', () => {
    const folder = new URL('../../golden/cep/', import.meta.url);
    for (const file of readdirSync(folder)) {
      const content = readGoldenFile(readFileSync(new URL(file, folder), 'utf8'));
      assert.ok(content.kind === 'case' && content.case.ts !== null);
      const cells = cellsOf(
        'interface Event { id: number; k: string; v: number; s: string }\ndeclare const events: DataStream<Event>;',
        content.case.ts,
      );
      assert.deepEqual(summary(cells, compiler.diagnose(cells)), [], file);
    }
  });
});
