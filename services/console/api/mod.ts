export {
  LIMIT_DEFAULT,
  LIMIT_MAX,
  login,
  type MoneySeen,
  name,
  nothing,
  pageQuery,
  problem,
  type ProblemSeen,
  said,
  type SaidRequest,
  type Session,
  session,
  spoken,
  type SpokenSeen,
} from './fields.ts';
export {
  GROUPS_MAX,
  letterGroup,
  type LetterGroup,
  type LetterSeen,
  lettersOverview,
  type LettersOverview,
  type LettersPage,
  lettersPage,
  redriveRequest,
  redriving,
  type RedrivingSeen,
} from './dead-letters.ts';
export { entityPage, type EntityPage, entityQuery, POSITIONS_MAX } from './entities.ts';
export {
  type AuditReport,
  auditReport,
  diagnosis,
  type DiagnosisSeen,
  errand,
  type Errand,
  errandKinds,
  errandsPage,
  RESULT_ITEMS_MAX,
} from './errands.ts';
export {
  faultRequest,
  faultsPage,
  loadRequest,
  loadSummary,
  type LoadSummary,
  sandboxFaults,
  type SandboxFaults,
} from './faults.ts';
export {
  governorHistory,
  type GovernorHistory,
  governorPage,
  type GovernorPage,
  pinned,
  pinRequest,
  released,
} from './governor.ts';
export { type Frame, frame, FRAMES_PER_S_MAX, LISTENERS_MAX } from './live.ts';
export { choreographyMap, type ChoreographyMap, type MapEdge, type MapNode } from './map.ts';
export {
  type OperationSeen,
  operationStory,
  type OperationStory,
  retriesPage,
  type RetriesPage,
  retriesQuery,
  retryWord,
  verdictWord,
} from './operations.ts';
export {
  FLOW_EVENTS_MAX,
  type FlowEventSeen,
  orderPage,
  type OrderPage,
  orderPlaced,
  orderRequest,
  orderSeen,
  type OrderSeen,
  ordersPage,
  type OrdersPage,
  ordersQuery,
  type TreeNode,
  type Wait,
  waitReasons,
} from './orders.ts';
export {
  type MatterSeen,
  type Overview,
  overview,
  type ProcessSeen,
  type ServiceSeen,
  WORD_MS_MAX,
  type WordSeen,
} from './overview.ts';
export { type DifferenceSeen, replayReport, replayRequest, type ReplaySeen } from './replay.ts';
export { routes } from './routes.ts';
