import { z } from 'zod';
import { portVariable, readEnvironment, runSandbox } from '../door/process.ts';
import { KEY_HORIZON_MS, startPsp } from './mod.ts';

const environment = z.object({
  PSP_PORT: portVariable(4020),
  PSP_KEY_HORIZON_MS: z.coerce.number().int().min(1).default(KEY_HORIZON_MS),
  REFRAIN_DATA: z.string().min(1).default('.refrain'),
});

await runSandbox('psp', async () => {
  const {
    PSP_PORT: port,
    PSP_KEY_HORIZON_MS: keyHorizonMs,
    REFRAIN_DATA: dataDir,
  } = readEnvironment(environment);
  const psp = await startPsp({ dataDir, port, keyHorizonMs });
  return { urls: { url: psp.url }, close: () => psp.close() };
});
