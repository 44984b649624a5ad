// A child as the supervisor expects it, with nothing behind it. Arguments say how it misbehaves.
const [mode = 'good', value = ''] = process.argv.slice(2);

const end = (): void => process.exit(0);
if (mode !== 'stubborn') for (const event of ['SIGTERM', 'disconnect']) process.on(event, end);
else for (const event of ['SIGTERM', 'disconnect']) process.on(event, () => undefined);

if (mode === 'dies') process.exit(3);
if (mode === 'dies-later') setTimeout(() => process.exit(3), Number(value));
console.log(
  JSON.stringify({
    level: 30,
    time: Date.now(),
    msg: 'here',
    instance: process.env['REFRAIN_INSTANCE'],
    keys: Object.keys(process.env).sort().join(' '),
  }),
);
process.send?.({ ready: true, url: 'http://127.0.0.1:1' });
setInterval(() => undefined, 1_000);
