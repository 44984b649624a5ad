/** One value of a metrics page. */
export interface Sample {
  /** The name with its suffix: of a histogram `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as a page tells it. */
export interface MetricFamily {
  readonly kind: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const KINDS = ['counter', 'gauge', 'histogram'];

interface Reading {
  readonly kind: string;
  readonly help: string;
  readonly samples: Sample[];
}

/**
 * Reads a metrics page in the text format 0.0.4, strictly: it is our own.
 * @throws Error naming the line that is wrong: no metric of it is announced, a series stands there twice, a
 * histogram does not add up.
 */
export function readMetricsPage(text: string): ReadonlyMap<string, MetricFamily> {
  const families = new Map<string, Reading>();
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  let name = '';
  let help: string | undefined;
  for (const [i, line] of text.slice(0, -1).split('\n').entries()) {
    const wrong = (why: string): Error => new Error(`line ${i + 1}, "${line.slice(0, 120)}": ${why}`);
    const [, about, named = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (about === 'HELP') {
      if (families.has(named)) throw wrong('it is announced twice');
      [name, help] = [named, rest];
    } else if (about === 'TYPE') {
      if (named !== name || help === undefined) throw wrong('no HELP stands before it');
      if (!KINDS.includes(rest)) throw wrong('it is of no kind that is known');
      families.set(named, { kind: rest, help, samples: [] });
      help = undefined;
    } else {
      const family = families.get(name);
      const sample = readSample(line);
      if (!sample) throw wrong('it is no sample');
      if (!family || !namesOf(name, family.kind).includes(sample.name))
        throw wrong('its metric is not announced');
      const labels = Object.entries(sample.labels).map((label) => label.join('='));
      const series = JSON.stringify([sample.name, ...labels.sort()]);
      if (seen.has(series)) throw wrong('the series stands there twice');
      seen.add(series);
      family.samples.push(sample);
    }
  }
  for (const [of, { kind, samples }] of families) if (kind === 'histogram') checkHistogram(of, samples);
  return families;
}

const namesOf = (name: string, kind: string): string[] =>
  kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];

function readSample(line: string): Sample | undefined {
  const [, name, inner = '', text = ''] = SAMPLE.exec(line) ?? [];
  const labels = readLabels(inner);
  const value = text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
  if (name === undefined || !labels || (Number.isNaN(value) && text !== 'NaN')) return undefined;
  return { name, labels, value };
}

function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined || name in labels) return undefined;
    labels[name] = value.replaceAll(/\\(.)/g, (_, kept: string) => (kept === 'n' ? '\n' : kept));
  }
  return labels;
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const counts = samples.filter((sample) => sample.name === `${name}_count`);
  for (const { labels, value } of counts) {
    const isOf = (other: Sample): boolean =>
      Object.entries(labels).every(([key, of]) => other.labels[key] === of) && 'le' in other.labels;
    const buckets = samples.filter(isOf);
    const bounds = buckets.map(({ labels: { le = '' } }) => (le === '+Inf' ? Infinity : Number(le)));
    const below = buckets.map((bucket) => bucket.value);
    const rise = bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0));
    const neverFall = below.every((one, i) => i === 0 || one >= (below[i - 1] ?? 0));
    const isWhole = buckets.at(-1)?.labels['le'] === '+Inf' && below.at(-1) === value;
    if (!rise || !neverFall || !isWhole)
      throw new Error(`the histogram ${name} ${JSON.stringify(labels)} does not add up`);
  }
}
