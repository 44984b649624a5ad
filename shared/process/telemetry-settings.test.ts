import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
const sent = (env: Record<string, string>) => {
  const { traces, metrics } = readSettings('toys', { NATS_URL: 'nats://a:1', ...env }).telemetry;
  return [traces, metrics];
};
const standard = 'http/protobuf';

test.each([
  ['nothing is named', {}, [undefined, undefined]],
  ['a collector is named', collector, [standard, standard]],
  [
    'it is named for traces only',
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a:1' },
    [standard, undefined],
  ],
  ['a signal is not wanted', { ...collector, OTEL_METRICS_EXPORTER: 'none' }, [standard, undefined]],
  ['the page is enough', { ...collector, OTEL_METRICS_EXPORTER: 'prometheus' }, [standard, undefined]],
  ['traces are asked for, at the usual place', { OTEL_TRACES_EXPORTER: 'otlp' }, [standard, undefined]],
  ['all of it is switched off', { ...collector, OTEL_SDK_DISABLED: 'TRUE' }, [undefined, undefined]],
  [
    'another protocol is spoken for one signal',
    { ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
    ['http/json', 'grpc'],
  ],
])('what is sent where %s', (_, env, expected) => {
  expect(sent(env)).toEqual(expected);
});

test.each([
  ['OTEL_TRACES_SAMPLER', 'some'],
  ['OTEL_TRACES_SAMPLER_ARG', '10'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
  ['OTEL_SDK_DISABLED', 'maybe'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', '1000000000'],
  ['OTEL_BSP_SCHEDULE_DELAY', '31536000000'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '31536000000'],
])('%s=%s is refused, and nothing was started', (name, value) => {
  expect(() => sent({ [name]: value })).toThrow(new RegExp(`^RF_CONFIG: .*${name}`));
});
