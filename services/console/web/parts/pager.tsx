import { useState } from 'react';

/**
 * Where one is in a list that is read page by page; `key` is what is listed, another one begins at the start.
 * Only cursors are kept, so going back asks again.
 */
export function usePages(key: string) {
  const [place, setPlace] = useState<{ key: string; cursors: readonly string[] }>({ key, cursors: [] });
  const cursors = place.key === key ? place.cursors : [];
  return {
    after: cursors.at(-1),
    page: cursors.length + 1,
    next: (cursor: string) => setPlace({ key, cursors: [...cursors, cursor] }),
    back: () => setPlace({ key, cursors: cursors.slice(0, -1) }),
  };
}

interface PagerProps {
  pages: ReturnType<typeof usePages>;
  /** The cursor of the page after this one, where there is one. */
  next: string | undefined;
  shown: number;
  what: string;
}

export function Pager({ pages, next, shown, what }: PagerProps) {
  return (
    <>
      <span>
        {what} on page {pages.page}: {shown}
      </span>
      <span className="row">
        <button type="button" className="button" disabled={pages.page === 1} onClick={pages.back}>
          Back
        </button>
        <button
          type="button"
          className="button"
          disabled={next === undefined}
          onClick={() => next !== undefined && pages.next(next)}
        >
          Further
        </button>
      </span>
    </>
  );
}
