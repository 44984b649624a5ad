import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = import.meta.dirname;
/** The console of `npm start`. */
const running = 'http://127.0.0.1:4000';

/**
 * `vite build` puts the page into `.cache/console/page`; the console's server has it put into a folder of its
 * choice. `vite` alone serves the page while one works on it, and asks the console of `npm start`.
 */
export default defineConfig({
  root: join(here, 'web'),
  base: '/',
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    // The console answers its own page only: the name and the origin of this server must not reach it.
    proxy: {
      '/api': {
        target: running,
        changeOrigin: true,
        headers: { origin: running },
      },
    },
  },
  build: {
    target: ['chrome125', 'firefox128', 'safari18'],
    outDir: join(here, '../../.cache/console/page'),
    emptyOutDir: true,
    // A script or a picture inside of the page is what its content policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
