export { auditShop, ShopAudit } from './audit.ts';
export {
  type Budget,
  type CountedCall,
  countedCalls,
  fullestWindow,
  type SandboxCall,
  type Span,
  type WindowCount,
} from './call-windows.ts';
export { type Invariant, invariants } from './findings.ts';
export type {
  Audit,
  LedgerLine,
  MailCall,
  OrderView,
  OutsideRecords,
  Pace,
  ProviderCall,
  SaidWord,
  SentMail,
  ShopRecords,
  StockView,
  Unchecked,
  Unsettled,
  Violation,
  Waiting,
  Words,
} from './records.ts';
