import type { Change } from './changes.ts';
import type { DescribedOutsider } from './description.ts';
import { schemaChanges } from './schema-changes.ts';

type Outsiders = Readonly<Record<string, DescribedOutsider>>;

/** What changed for programs that are none of ours: nobody here can deploy them. */
export function outsiderChanges(service: string, was: Outsiders, is: Outsiders): Change[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.flatMap((outsider): Change[] => {
    const [old, now] = [was[outsider], is[outsider]];
    const where = `${service} with ${outsider}`;
    if (!old) return [{ service, where, what: `${outsider} is new`, breaks: [] }];
    const none: DescribedOutsider = { tells: {}, hears: [] };
    return [
      ...heardChanges({ service, where }, outsider, old, now ?? none),
      ...toldChanges({ service, where }, outsider, old.tells, (now ?? none).tells),
    ];
  });
}

type About = Pick<Change, 'service' | 'where'>;

const heardChanges = (
  about: About,
  outsider: string,
  was: DescribedOutsider,
  is: DescribedOutsider,
): Change[] => [
  ...was.hears
    .filter((entity) => !is.hears.includes(entity))
    .map((entity) => ({
      ...about,
      what: `may hear ${entity} no more`,
      breaks: [`${outsider}: it hears nothing of it any more, and is not told so`],
      todo: 'agree on it with who runs that program, first',
    })),
  ...is.hears
    .filter((entity) => !was.hears.includes(entity))
    .map((entity) => ({ ...about, what: `may hear ${entity}`, breaks: [] })),
];

function toldChanges(
  about: About,
  outsider: string,
  was: DescribedOutsider['tells'],
  is: DescribedOutsider['tells'],
): Change[] {
  const types = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return types.flatMap((type): Change[] => {
    const [old, now] = [was[type], is[type]];
    if (!old) return [{ ...about, what: `may tell ${type}`, breaks: [] }];
    const breaks = [`${outsider}: what it tells as it does now becomes a dead letter`];
    const todo = 'take both forms (a new version with its upcast) until that program tells the new one';
    if (!now) return [{ ...about, what: `may tell ${type} no more`, breaks, todo }];
    if (now.version > old.version)
      return [{ ...about, what: `${type}: version ${old.version} became ${now.version}`, breaks: [] }];
    const found = schemaChanges(old.versions[old.version] ?? {}, now.versions[now.version] ?? {});
    return found.map(({ path, what, refusesOld }) => ({
      ...about,
      what: `${type}: ${path} ${what}`,
      breaks: refusesOld ? breaks : [],
      ...(refusesOld && { todo }),
    }));
  });
}
