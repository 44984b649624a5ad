import { Problem } from './problem.ts';

/** The routes of a door, so that a request for none of them is told which there are. */
export interface RouteList {
  add(methods: readonly string[], url: string): void;
  /** 405 for a place that takes other methods, else 404. */
  problemOf(method: string, url: string): Problem;
}

export function createRouteList(): RouteList {
  const methodsOf = new Map<string, Set<string>>();

  const at = (path: string): string[] =>
    [...methodsOf].flatMap(([pattern, methods]) => (fits(pattern, path) ? [...methods] : []));

  const all = (): string =>
    [...methodsOf]
      .flatMap(([url, methods]) => [...methods].map((method) => ({ url, method })))
      .filter(({ method }) => method !== 'HEAD')
      .map(({ url, method }) => `${method} ${url}`)
      .join(', ');

  return {
    add: (methods, url) => {
      const known = methodsOf.get(url) ?? new Set();
      for (const method of methods) known.add(method);
      methodsOf.set(url, known);
    },
    problemOf: (method, url) => {
      const path = url.split('?')[0] ?? '';
      const shown = path.slice(0, 200);
      const allowed = at(path);
      if (allowed.length > 0) {
        const allow = allowed.join(', ');
        const detail = `${shown} takes ${allow}, not ${method}. Nothing was done.`;
        const headers = { allow };
        return new Problem({ status: 405, type: 'method-refused', title: 'Wrong method', detail, headers });
      }
      const detail = `There is no ${method} ${shown} here. Nothing was done. There is: ${all()}.`;
      return new Problem({ status: 404, type: 'not-found', title: 'Not found', detail });
    },
  };
}

const fits = (pattern: string, path: string): boolean => {
  const parts = path.split('/');
  const wanted = pattern.split('/');
  return (
    parts.length === wanted.length &&
    wanted.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
  );
};
