/**
 * Where everything of the console's API lies. Ids stand in paths as they are: `[A-Za-z0-9_-]{1,64}`. A page
 * of a list is asked for by `limit` and `after` (the `next` of the page before).
 *
 * Each answer that is an error is problem+json (`problem`): 400 what was asked is not understood, 401 the
 * token is missing, 403 read-only or a foreign Origin, 404 not known, 409 refused, 503 something is not
 * reached.
 */
export const routes = {
  /** GET -> `session`. Needs no token. */
  session: '/api/session',
  /** POST `login` -> 204 and a cookie. */
  login: '/api/login',
  /** GET -> `overview`. */
  overview: '/api/overview',
  /** GET -> `choreographyMap`. */
  map: '/api/map',
  /** GET, server-sent events: `frame` events with a `frame`; see there. */
  live: '/api/live',
  /**
   * GET `ordersQuery` -> `ordersPage`. POST `orderRequest` -> 202 `orderPlaced`, where there are sandboxes.
   */
  orders: '/api/orders',
  /** GET -> `orderPage`. */
  order: (id: string) => `/api/orders/${id}`,
  /** GET -> `operationStory`: what `refrain why` tells. */
  operation: (id: string) => `/api/operations/${id}`,
  /** GET `entityQuery` -> `entityPage`. */
  entity: (service: string, type: string, id: string) => `/api/entities/${service}/${type}/${id}`,
  /** GET `retriesQuery` -> `retriesPage`. */
  retries: '/api/retries',
  /** POST `retryWord` -> `spoken`: the next attempt is due now. */
  retryNow: (operation: string) => `/api/retries/${operation}/now`,
  /** POST `retryWord` -> `spoken`: no further attempt is made. */
  retryCancel: (operation: string) => `/api/retries/${operation}/cancel`,
  /** GET `pageQuery` -> `retriesPage`: only operations that need a verdict. */
  verdicts: '/api/verdicts',
  /** POST `verdictWord` -> `spoken`. */
  verdict: (operation: string) => `/api/verdicts/${operation}`,
  /** GET -> `governorPage`. */
  governor: '/api/governor',
  /** GET -> `governorHistory`. */
  governorHistory: (dependency: string) => `/api/governor/${dependency}/history`,
  /** POST `pinRequest` -> `pinned`. */
  governorPin: (dependency: string) => `/api/governor/${dependency}/pin`,
  /** POST `said` -> `released`. */
  governorRelease: (dependency: string) => `/api/governor/${dependency}/release`,
  /** GET -> `lettersOverview`: dead letters in groups. */
  deadLetters: '/api/dead-letters',
  /** GET `pageQuery` -> `lettersPage`: the letters of one group. */
  deadLetterGroup: (service: string, group: string) => `/api/dead-letters/${service}/${group}`,
  /** POST `redriveRequest` -> 202 `errand`, whose result is a `redriving`. Nothing is recorded. */
  deadLettersDryRun: '/api/dead-letters/dry-run',
  /** POST `redriveRequest` -> 202 `errand`, whose result is a `redriving`. */
  deadLettersRedrive: '/api/dead-letters/redrive',
  /** POST `said` -> `spoken`. */
  deadLetterResolve: (id: string) => `/api/dead-letters/${id}/resolve`,
  /** POST `replayRequest` -> 202 `errand`, whose result is a `replayReport`. */
  replay: '/api/replay',
  /** GET -> `faultsPage`, where there are sandboxes. */
  faults: '/api/faults',
  /** PUT `faultRequest` -> `sandboxFaults`. `sandbox`: `psp` or `mail`. */
  fault: (sandbox: string) => `/api/faults/${sandbox}`,
  /** POST `loadRequest` -> 202 `errand`, whose result is a `loadSummary`; where there are sandboxes. */
  load: '/api/load',
  /** POST `nothing` -> 202 `errand`, whose result is an `auditReport`. */
  audit: '/api/audit',
  /** POST `nothing` -> 202 `errand`, whose result is a `diagnosis`. */
  doctor: '/api/doctor',
  /** GET -> `errandsPage`. */
  errands: '/api/errands',
  /** GET -> `errand`. Ask again each half second while it is `running`. */
  errand: (id: string) => `/api/errands/${id}`,
  /** POST `nothing` -> `errand`: asks it to end; what it has done stays done. */
  errandStop: (id: string) => `/api/errands/${id}/stop`,
} as const;
