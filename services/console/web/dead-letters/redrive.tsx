import { routes } from '@refrain/console/api';
import { begin } from '../data/errand.ts';
import { Action } from '../parts/action.tsx';

interface RedriveProps {
  what: { all: true } | { group: string } | { ids: readonly string[] } | { flow: string };
  /** `the group 3f2a`. */
  about: string;
  /** What the command takes for it. */
  flags: string;
}

/** First what would come of it, then the thing itself. Both go on in the background. */
export function Redrive({ what, about, flags }: RedriveProps) {
  return (
    <div className="row actions">
      <Action
        label="Dry run"
        says={`Today’s code decides ${about}, and nothing is recorded. What would come of it shows on the page.`}
        run={async () => {
          await begin(routes.deadLettersDryRun, what);
          return 'It runs. The page shows how far it is.';
        }}
        command={() => `npx refrain dead-letters redrive ${flags} --dry-run`}
      />
      <Action
        label="Redrive"
        look="primary"
        says={`Today’s code decides ${about} again, under the same causes and ids: what is done stays done, and calls go through the governor.`}
        asksWhy
        run={async (why) => {
          await begin(routes.deadLettersRedrive, { ...what, why });
          return 'It runs. The page shows how far it is.';
        }}
        command={(why) => `npx refrain dead-letters redrive ${flags} --why ${why}`}
      />
    </div>
  );
}
