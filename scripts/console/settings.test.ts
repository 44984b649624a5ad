import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const token = 'a-token-of-24-characters';

test('without settings it is for this machine, asks nobody, and may change something', () => {
  expect(readSettings({ REFRAIN_DATA: '/data', CONSOLE_TOKEN: '' })).toEqual({
    dataFolder: '/data',
    port: 0,
    host: '127.0.0.1',
    token: undefined,
    readOnly: false,
    traceUrlTemplate: undefined,
    logLevel: 'info',
  });
});

test('a console that others reach does not start without a token, whoever starts it', () => {
  const others = { REFRAIN_DATA: '/data', CONSOLE_HOST: '192.168.1.5' };
  expect(() => readSettings(others)).toThrow('it needs CONSOLE_TOKEN');
  expect(readSettings({ ...others, CONSOLE_TOKEN: token })).toMatchObject({ host: '192.168.1.5', token });
});

test('all that is wrong is told at once', () => {
  const wrong = { CONSOLE_PORT: 'x', CONSOLE_READ_ONLY: 'perhaps', CONSOLE_TOKEN: 'short' };
  for (const name of ['REFRAIN_DATA', ...Object.keys(wrong)]) expect(() => readSettings(wrong)).toThrow(name);
});
