// Fails when a first page weighs more than 250 kB gzip: index.html, the entry
// with everything it imports, and the heaviest page that may be opened first.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const LIMIT = 250_000;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const weigh = (file) => gzipSync(readFileSync(join(dist, file))).length;

/** Every file that must be there before the chunk runs. */
function needed(key, files = new Set()) {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) needed(other, files);
  return files;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const extra = ['index.html', 'scheme.js'];
let failed = false;
// Pages behind the log-in stand in the house; the doors do not.
const HOUSE = 'src/shell/House.tsx';
const DOORS = ['src/pages/setup/Setup.tsx', 'src/pages/Login.tsx'];
const pages = (manifest[entry].dynamicImports ?? []).filter((page) => page.startsWith('src/pages/'));
for (const page of [undefined, ...pages]) {
  const files = needed(entry, new Set(extra));
  if (page) needed(page, files);
  if (page && !DOORS.includes(page)) needed(HOUSE, files);
  const total = [...files].reduce((sum, file) => sum + weigh(file), 0);
  const over = total > LIMIT;
  failed ||= over;
  console.log(`${over ? 'OVER ' : 'ok   '} ${(total / 1000).toFixed(1).padStart(6)} kB gzip  ${page ?? '(frame only)'}`);
}
if (failed) {
  console.error(`A first page is over ${LIMIT / 1000} kB.`);
  process.exit(1);
}
