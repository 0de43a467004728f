// Fails when the lock file names an address of a registry: it must work with
// whichever registry a machine is set up for.
import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
if (text.includes('"resolved"')) {
  console.error('package-lock.json holds registry addresses; see .npmrc');
  process.exit(1);
}
