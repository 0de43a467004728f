import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const backend = process.env.BACKEND ?? 'http://127.0.0.1:18099';

export default defineConfig({
  plugins: [react()],
  build: {
    // The folder also holds placeholder.html, which is committed so that the
    // Go program builds without Node. scripts/clean.mjs empties all but that.
    emptyOutDir: false,
    assetsDir: 'assets',
    // Small pictures stay files: the content policy knows only 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    manifest: true,
  },
  server: { proxy: { '/api': backend } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,tsx}'] },
});
