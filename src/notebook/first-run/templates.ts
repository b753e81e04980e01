import type { Localizer } from '../../platform/ports.ts';

/** What a new notebook can begin with. */
export type TemplateName = 'live-chart' | 'pipeline';

/** A template as the command offers it. */
export interface Template {
  readonly name: TemplateName;
  readonly label: string;
  readonly description: string;
  /** The notebook as Markdown. */
  readonly text: string;
}

const LIVE_CHART = `
\`\`\`ts id=page-views
interface View { page: string; time: number }

const views = env.fromSource(
  DataGeneratorSource<View>({
    generatorFunction: (index, random) => ({
      page: ['home', 'docs', 'pricing', 'blog', 'about'][random.nextInt(random.nextInt(5) + 1)],
      time: Date.UTC(2026, 0, 1, 12, 0, 1) + index * 50 - random.nextInt(400),
    }),
    rateLimiterStrategy: RateLimiterStrategy.perSecond(40),
  }),
  WatermarkStrategy.forBoundedOutOfOrderness<View>(Duration.ofMillis(400)).withTimestampAssigner(view => view.time),
  'views',
);

const perPage = views
  .keyBy('page')
  .window(TumblingEventTimeWindows.of(Duration.ofSeconds(5)))
  .aggregate({ views: 'count' })
  .uid('per-page');

display(perPage, { name: 'views per page', y: 'views' });
\`\`\`
`;

const PIPELINE = `
\`\`\`ts
const numbers = env.fromData([1, 2, 3, 4, 5]);

numbers.map(n => ({ n, square: n * n }))
\`\`\`
`;

/** The templates, the one with most to see first. */
export function templates(l10n: Localizer): readonly Template[] {
  return [
    {
      name: 'live-chart',
      label: l10n.t('Live Chart'),
      description: l10n.t('generated page views, counted in windows of event time'),
      text: [
        `# ${l10n.t('Page views')}`,
        '',
        l10n.t(
          'Views of a website, made up as they come: some are out of order. Run the cell: its windows fill up, and fire when the watermark passes their end.',
        ),
        LIVE_CHART,
        l10n.t('Things to try: a longer window, a filter before it, or an allowed lateness. Stop the job with the square beside the cell.'),
        '',
      ].join('\n'),
    },
    {
      name: 'pipeline',
      label: l10n.t('Small Pipeline'),
      description: l10n.t('a source, a map and a table to start from'),
      text: [
        `# ${l10n.t('A pipeline')}`,
        '',
        l10n.t(
          'A cell is a pipeline; the value of its last expression is shown. To read a file beside the notebook, begin with {0}.',
          "`env.fromSource(FileSource.csv('data.csv'), WatermarkStrategy.noWatermarks(), 'data')`",
        ),
        PIPELINE,
      ].join('\n'),
    },
  ];
}
