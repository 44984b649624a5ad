import { expect, test } from 'vitest';
import { exit } from '../errors.ts';
import { createOutput } from '../output.ts';
import { serviceNames } from '../supervisor/found-services.ts';
import { Desks } from './desks.ts';
import { codeOf } from './telling.ts';

const url = 'http://127.0.0.1:1';
const processes = serviceNames
  .filter((name) => name !== 'notifications')
  .map((name) => ({ name, pid: 1, startTime: '1', url, status: 'ready' as const }));

/** What is said of a service that is not there, and with which exit code. */
function said(services: readonly string[]): { code: number; err: string } {
  let err = '';
  const streams = { stdout: { write: () => {} }, stderr: { write: (text: string) => (err += text) } };
  const code = codeOf(new Desks({ processes, services: [...services] }), createOutput(false, streams), 0);
  return { code, err };
}

test('a service whose process is gone is not reached; one that the shop was started without is left out', () => {
  const gone = { code: exit.unreachable, err: expect.stringMatching(/^Not reached: notifications\./) };
  expect(said(serviceNames)).toEqual(gone);
  const later =
    'Left out: notifications is in this checkout and not in the running shop: start the shop again.\n';
  expect(said(processes.map(({ name }) => name))).toEqual({ code: 0, err: later });
});
