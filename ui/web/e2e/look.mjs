// Takes pictures and looks at each with axe, for the scripts beside this file.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Pictures go to the folder "out"; serious barriers are counted. */
export function eyes(out) {
  mkdirSync(out, { recursive: true });
  const seen = { barriers: 0, take };

  async function take(page, name) {
    // Animations end before anybody looks.
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(out, `${name}.png`), fullPage: process.env.FULL === '1' });
    await check(page, name);
  }

  /** Serious and critical ones only; the rest is told but does not count. */
  async function check(page, what) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const v of violations) {
      const bad = v.impact === 'serious' || v.impact === 'critical';
      if (bad) seen.barriers++;
      console.log(`${bad ? 'BARRIER' : 'note'} ${what}: ${v.id} (${v.impact}) ${v.help}`);
      for (const n of v.nodes.slice(0, 3)) console.log(`   ${n.target.join(' ')}: ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`);
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wider > 0) {
      seen.barriers++;
      console.log(`BARRIER ${what}: the page is ${wider} px wider than the window`);
    }
  }
  return seen;
}
