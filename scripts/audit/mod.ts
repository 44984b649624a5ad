export { auditShop } from './audit.ts';
export type {
  Audit,
  LedgerLine,
  OrderView,
  ProviderCall,
  SentMail,
  ShopRecords,
  StockView,
  Violation,
  Waiting,
} from './records.ts';
