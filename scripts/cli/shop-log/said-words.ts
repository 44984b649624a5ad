import { defaultPolicy, type GovernorStore, storedPolicy } from '@refrain/governor';
import { change, changeKey, parsed, POLICY_KEY } from '@refrain/service-governor/bucket';
import type { SaidWord, Words } from '../../audit/mod.ts';

/** As many as the bucket keeps of one key. */
const KEPT = 64;

/** What the governor has said of these dependencies, as far back as its bucket reaches. */
export async function readWords(
  store: Pick<GovernorStore, 'read' | 'history'>,
  dependencies: readonly string[],
): Promise<Words> {
  const histories = dependencies.map(async (dependency) => {
    const kept = await store.history(changeKey(dependency), KEPT);
    const words = kept.toReversed().flatMap(({ value, at }) => wordIn(value, at));
    return [dependency, { words, isWhole: kept.length < KEPT }] as const;
  });
  const policy = await store.read(POLICY_KEY);
  const stored = policy && parsed(storedPolicy, policy.value);
  const { share, more } = (stored?.policy ?? defaultPolicy).budget;
  // Which one held before is not asked: what was called under it is not judged.
  const since = policy?.at ?? 0;
  return { budget: { share, more, since }, history: Object.fromEntries(await Promise.all(histories)) };
}

/** A line that says nothing of ramps may be one: of a governor before or after this version. */
function wordIn(value: string, storedAt: number): SaidWord[] {
  const line = parsed(change, value);
  if (!line) return [{ at: storedAt, ramp: true }];
  if (line.what !== 'word') return [];
  return [{ at: line.at, ramp: line.kind === 'throttled' && line.ramp !== false }];
}
