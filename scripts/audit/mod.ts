export { auditShop, ShopAudit } from './audit.ts';
export { invariants } from './findings.ts';
export type {
  Audit,
  LedgerLine,
  MailCall,
  OrderView,
  OutsideRecords,
  ProviderCall,
  SentMail,
  ShopRecords,
  StockView,
  Unsettled,
  Violation,
  Waiting,
} from './records.ts';
