import { z } from 'zod';
import { portVariable, readEnvironment, runSandbox } from '../door/process.ts';
import { startMail } from './mod.ts';

const environment = z.object({
  MAIL_HTTP_PORT: portVariable(4021),
  MAIL_SMTP_PORT: portVariable(4025),
  REFRAIN_DATA: z.string().min(1).default('.refrain'),
});

await runSandbox('mail', async () => {
  const {
    MAIL_HTTP_PORT: httpPort,
    MAIL_SMTP_PORT: smtpPort,
    REFRAIN_DATA: dataDir,
  } = readEnvironment(environment);
  const mail = await startMail({ dataDir, httpPort, smtpPort });
  return { urls: { url: mail.url, smtpUrl: mail.smtpUrl }, close: () => mail.close() };
});
