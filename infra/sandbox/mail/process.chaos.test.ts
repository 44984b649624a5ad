import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { controlOf, mailer, temporaryFolder } from './mail.fixture.ts';

const main = join(import.meta.dirname, 'main.ts');

async function startProcess(REFRAIN_DATA: string) {
  const env = { ...process.env, MAIL_HTTP_PORT: '0', MAIL_SMTP_PORT: '0', REFRAIN_DATA };
  const child: ChildProcess = spawn(process.execPath, [main], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [ready] = (await once(child, 'message')) as [{ ready: true; url: string; smtpUrl: string }];
  return { child, ...ready };
}

test('whatever was accepted before a SIGKILL is kept after it', async () => {
  const dataDir = temporaryFolder();
  const first = await startProcess(dataDir);
  const send = mailer(first.smtpUrl);
  const accepted: string[] = [];
  const write = async (writer: number) => {
    for (let round = 0; ; round += 1) {
      const { messageId } = await send({ messageId: `<${writer}-${round}@refrain.local>` });
      accepted.push(messageId);
      if (accepted.length === 60) first.child.kill('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, (_, writer) => write(writer)));
  expect(accepted.length).toBeGreaterThanOrEqual(60);

  const { url } = await startProcess(dataDir);
  const kept = (await controlOf(url).mails()).map(({ messageId }) => messageId);
  expect(kept).toEqual(expect.arrayContaining(accepted));
  expect(new Set(kept).size).toBe(kept.length);
});

test('it ends within a second when its parent ends, also with a mail under way', async () => {
  const { child, url, smtpUrl } = await startProcess(temporaryFolder());
  const { setFaults, mails } = controlOf(url);
  await setFaults({ mode: 'slow', delayMs: 60_000 });
  void mailer(smtpUrl)().catch(() => undefined);
  await expect.poll(mails, { timeout: 5_000 }).toHaveLength(1);
  const begun = performance.now();
  child.disconnect();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(1_000);
});
