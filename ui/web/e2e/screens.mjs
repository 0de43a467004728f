// Takes pictures of every page, wide and narrow, light and dark, and looks for
// barriers with axe on each.
//   BASE_URL, EMAIL, PASSWORD, OUT (default ./artefacts); PHONE=mac opens that phone's panel
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { need, open } from './browser.mjs';

const base = need('BASE_URL').replace(/\/$/, '');
const email = need('EMAIL');
const password = need('PASSWORD');
const out = process.env.OUT ?? 'artefacts';
mkdirSync(out, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['phones', 'extensions', 'users', 'sites', 'calls', 'callrecords', 'account', 'nowhere'];
const SIZES = [
  { name: '1280', width: 1280, height: 800 },
  { name: '390', width: 390, height: 844 },
];
let barriers = 0;
let complaints = 0;

/** Serious and critical ones only; the rest is told but does not count. */
async function check(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  for (const v of violations) {
    const bad = v.impact === 'serious' || v.impact === 'critical';
    if (bad) barriers++;
    console.log(`${bad ? 'BARRIER' : 'note'} ${what}: ${v.id} (${v.impact}) ${v.help}`);
    for (const n of v.nodes.slice(0, 3)) console.log(`   ${n.target.join(' ')}: ${n.any[0]?.message ?? n.all[0]?.message ?? ''}`);
  }
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wider > 0) {
    barriers++;
    console.log(`BARRIER ${what}: the page is ${wider} px wider than the window`);
  }
}

async function take(page, name) {
  // Animations end before anybody looks.
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(out, `${name}.png`) });
  await check(page, name);
}

for (const size of SIZES) {
  for (const scheme of ['light', 'dark']) {
    const { page, faults, close } = await open({ viewport: { width: size.width, height: size.height }, colorScheme: scheme });
    page.setDefaultTimeout(15_000);
    const name = (what) => `${what}-${size.name}-${scheme}`;
    await page.goto(`${base}/login`);
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await take(page, name('login'));
    await page.getByLabel('E-mail').fill(email);
    await page.locator('input[type=password]').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(/\/phones/);
    for (const path of PAGES) {
      await page.goto(`${base}/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[data-link=open]').waitFor();
      await take(page, name(path));
    }
    await page.goto(`${base}/phones`);
    await page.locator('[data-link=open]').waitFor();
    const phone = process.env.PHONE ? page.locator(`[data-mac="${process.env.PHONE}"]`) : page.locator('[data-mac]').first();
    if ((await page.locator('[data-mac]').count()) > 0) {
      await phone.click();
      await page.getByRole('dialog').waitFor();
      await take(page, name('phone'));
      await page.keyboard.press('Escape');
    }
    if (size.width < 768) {
      await page.getByRole('button', { name: 'Open the menu' }).click();
      await take(page, name('menu'));
    }
    for (const [path, button] of [['extensions', 'Add an extension'], ['sites', 'Add a site'], ['users', 'Add a user'], ['phones', 'Add a phone'], ['account', 'Change the password']]) {
      await page.goto(`${base}/${path}`);
      await page.getByRole('button', { name: button }).click();
      await page.getByRole('dialog').getByRole('button', { name: /Add|Change/ }).last().waitFor();
      await take(page, name(`${path}-form`));
    }
    complaints += faults.length;
    for (const f of faults) console.log(`COMPLAINT ${size.name} ${scheme}: ${f}`);
    await close();
  }
}
console.log(`${barriers} serious barriers, ${complaints} complaints of the browser`);
process.exit(barriers + complaints > 0 ? 1 : 0);
