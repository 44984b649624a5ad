export { codeHashOf } from './code-hash.ts';
export { type Begun, type Opening, type ProcessParts, runProcess } from './run-process.ts';
export { type Door, type Health, runService, type ServiceProcess } from './run-service.ts';
export { serviceMetrics } from './service-metrics.ts';
export { settingOf } from './setting.ts';
export { readSettings, type Settings } from './settings.ts';
export { systemChance, systemClock } from './system.ts';
