// Walks the whole wizard in Chromium, lands on the phones page and waits until a
// phone appears there without a reload.
//   BASE_URL     the appliance, such as http://127.0.0.1:8080
//   SETUP_TOKEN  its one-time token
//   EXPECT_MAC   the phone to wait for; without it the script ends on the phones page
//   OUT          folder of the screenshots (default ./artefacts)
//   EMAIL, PASSWORD, NETWORKS (commas), EXTENSIONS (lines "101 Name"), TIMEOUT (s, default 60)
// A line "BOOT yealink-t46u MAC" asks for the phone when the phones page listens.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { need, open } from './browser.mjs';

const base = need('BASE_URL').replace(/\/$/, '');
const token = need('SETUP_TOKEN');
const mac = (process.env.EXPECT_MAC ?? '').toLowerCase().replace(/[^0-9a-f]/g, '').replace(/(..)(?=.)/g, '$1:');
const out = process.env.OUT ?? 'artefacts';
const email = process.env.EMAIL ?? 'ada@acme.example';
const password = process.env.PASSWORD ?? 'correct horse battery staple';
const networks = (process.env.NETWORKS ?? '127.0.0.0/8').split(',').map((n) => n.trim());
const extensions = process.env.EXTENSIONS ?? '101 Ada Lovelace\n102 Grace Hopper\n103 Front Desk';
const timeout = Number(process.env.TIMEOUT ?? 60) * 1000;
mkdirSync(out, { recursive: true });

const { page, faults, close } = await open({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(15_000);
let shot = 0;
const picture = (name) => page.screenshot({ path: join(out, `wizard-${++shot}-${name}.png`), fullPage: true });
const field = (label) => page.getByLabel(label, { exact: true });
const next = () => page.getByRole('button', { name: 'Next' }).click();
const step = (title) => page.getByRole('heading', { level: 2, name: title }).waitFor();

async function walk() {
  await page.goto(`${base}/setup?token=${encodeURIComponent(token)}`);
  await step('One-time token');
  if ((await page.locator('input[name=token]').inputValue()) !== token) throw new Error('the token was not taken from the address');
  await picture('token');
  await next();

  await step('Your organization');
  await page.locator('input[name=organization]').fill('Acme Ltd');
  await page.locator('input[name=domain]').fill('acme.example');
  await picture('organization');
  await next();

  await step('The first administrator');
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[name=confirm]').fill(password);
  await picture('administrator');
  await next();

  await step('The first site');
  await page.locator('input[name=site]').fill('London');
  for (const network of networks) await addNetwork(network);
  await picture('site');
  await next();

  await step('The first extensions');
  await page.getByRole('button', { name: 'Paste a list' }).click();
  await field('One a line: the number, then the name').fill(extensions);
  await page.getByRole('button', { name: /^Take \d/ }).click();
  await picture('extensions');
  await next();

  await step('All correct?');
  await picture('summary');
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.waitForURL(/\/phones/);
  await page.getByRole('heading', { level: 1, name: 'Phones' }).waitFor();
  await page.locator('[data-link=open]').waitFor();
  await picture('phones');
}

/** Adds a network unless it was found on the machine already. */
async function addNetwork(network) {
  const box = field('Networks of the phones');
  const there = await page.locator('.mantine-Pill-label', { hasText: network }).count();
  if (there > 0) return;
  await box.fill(network);
  await box.press('Enter');
}

/** Waits for the phone. A reload would forget the mark on the window. */
async function arrival() {
  await page.evaluate(() => {
    window.sameDocument = true;
  });
  console.log(`BOOT yealink-t46u ${mac}`);
  const begun = Date.now();
  await page.locator(`[data-mac="${mac}"]`).waitFor({ timeout });
  console.log(`phone ${mac} appeared after ${Date.now() - begun} ms`);
  if (!(await page.evaluate(() => window.sameDocument === true))) throw new Error('the page was reloaded meanwhile');
  await page.waitForTimeout(300);
  await picture('arrived');
  await page.locator(`[data-mac="${mac}"]`).click();
  await page.getByRole('dialog').getByText('Journal', { exact: true }).waitFor();
  await page.waitForTimeout(500);
  await picture('phone');
}

let failed;
try {
  await walk();
  if (mac) await arrival();
  if (faults.length > 0) throw new Error(`the pages complained:\n${faults.join('\n')}`);
  console.log('wizard: all as expected');
} catch (e) {
  failed = e;
  await picture('failed').catch(() => {});
}
await close();
if (failed) {
  console.error(failed);
  process.exit(1);
}
