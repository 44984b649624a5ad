import { WORD_MS_MAX } from '@refrain/console/api';
import { Pill, type Tone } from './pill.tsx';
import { duration, rate } from './words.ts';

interface Said {
  readonly kind: string;
  readonly rate?: number | undefined;
  readonly ramp?: boolean | undefined;
  /** In the map whether, on the governor’s page what. */
  readonly pinned?: boolean | undefined;
  readonly saidAgoMs?: number | undefined;
}

const tones: Readonly<Record<string, Tone>> = {
  open: 'good',
  throttled: 'warn',
  suppressed: 'held',
  probing: 'active',
};

/** The governor’s word on a dependency, in one word. */
export function Word({ word }: { word: Said }) {
  if (word.saidAgoMs !== undefined && word.saidAgoMs >= WORD_MS_MAX)
    return <Pill tone="bad">silent for {duration(word.saidAgoMs)}</Pill>;
  const limit = word.rate === undefined ? '' : ` ${rate(word.rate)}/s`;
  return (
    <Pill tone={tones[word.kind] ?? 'quiet'}>
      {word.ramp === true ? 'ramp' : word.kind}
      {limit}
      {word.pinned === true ? ', pinned' : ''}
    </Pill>
  );
}
