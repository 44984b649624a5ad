#!/usr/bin/env node
// Plain JavaScript and free of static imports: this file is all that an old Node may read, and no compiler
// is loaded to strip it of types.
const major = Number(process.versions.node.split('.')[0]);
if (major >= 24) {
  const { enableCompileCache } = await import('node:module');
  // A setting, since only Node 24.12 and newer take it as an option; those before it throw at an object.
  process.env.NODE_COMPILE_CACHE_PORTABLE = '1';
  enableCompileCache(`${import.meta.dirname}/../.cache/v8`);
  const { main } = await import('./cli/main.ts');
  // A reader that went away (`refrain ps | head -1`) is no failure.
  process.stdout.on('error', () => undefined);
  process.exitCode = await main(process.argv.slice(2), process.env);
  // What a frozen broker keeps open must not keep the command: it has said what it has to say.
  process.stdout.write('', () => process.exit());
} else {
  console.error(
    `refrain needs Node 24 or newer, this is ${process.version}. Nothing was done. Run it as \`npx refrain\`, which takes the Node that npm installed here.`,
  );
  process.exitCode = 2;
}
