// `npx node test/example/show.ts`: what each tool finds in the example, with its bug and without, and how
// long it took. docs/testing.md shows what it prints.
import { tools } from './finds.ts';
import { forgetful } from './forgetful.ts';
import { voucher } from './vouchers.ts';

for (const [what, decider] of Object.entries({ 'as it is': voucher, 'with the bug': forgetful }))
  for (const [name, find] of Object.entries(tools)) {
    const from = performance.now();
    const lines = await find(decider);
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    console.log(`${what}: ${name}, ${seconds} s: ${lines.length === 0 ? 'nothing' : 'found'}`);
    for (const line of lines) console.log(line);
  }
