// Logs a person in at a phone and out again from the phone's panel, and meets
// the refusals on the way.
//   BASE_URL, EMAIL, PASSWORD
//   FREE=mac   a registered phone without a home; OWN=mac somebody's own
//   FIRST, SECOND  two extensions that may sit elsewhere
import { need, open } from './browser.mjs';

const base = need('BASE_URL').replace(/\/$/, '');
const { page, faults, close } = await open({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(15_000);
const panel = page.getByRole('dialog').first();
const asks = page.getByRole('dialog', { name: 'Log in at this phone' });

async function opened(mac) {
  await page.goto(`${base}/phones`);
  await page.locator(`[data-mac="${mac}"]`).click();
  await panel.getByText('Journal', { exact: true }).waitFor();
}

async function logIn(number) {
  await panel.getByRole('button', { name: 'Log in here' }).click();
  await asks.waitFor();
  await asks.getByRole('combobox', { name: 'Extension' }).or(asks.getByLabel('Extension')).first().fill(number);
  await page.locator('[data-combobox-option]:visible').first().click();
  await asks.getByRole('button', { name: 'Log in here' }).click();
}

async function refused(number, words) {
  await logIn(number);
  await asks.getByText(words).waitFor();
  console.log(`ok: ${words}`);
  if (process.env.OUT) await page.screenshot({ path: `${process.env.OUT}/seat-refused.png` });
  await asks.getByRole('button', { name: 'Cancel' }).click();
  await asks.waitFor({ state: 'detached' });
}

let failed;
try {
  await page.goto(`${base}/login`);
  await page.getByLabel('E-mail').fill(need('EMAIL'));
  await page.locator('input[type=password]').fill(need('PASSWORD'));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/phones/);

  await opened(need('OWN'));
  await refused(need('SECOND'), /somebody's own/i);
  await opened(need('FREE'));
  await logIn(need('FIRST'));
  await asks.waitFor({ state: 'detached' });
  const out = panel.getByRole('button', { name: /^Log out/ });
  await out.waitFor();
  console.log(`ok: ${await out.innerText()} is offered without a reload`);
  await page.waitForTimeout(500);
  if (process.env.OUT) await page.screenshot({ path: `${process.env.OUT}/seat-taken.png` });
  await refused(need('SECOND'), /somebody is logged in at this phone/i);
  await out.click();
  await out.waitFor({ state: 'detached' });
  console.log('ok: logged out');
  if (faults.length > 0) throw new Error(`the pages complained:\n${faults.join('\n')}`);
} catch (e) {
  failed = e;
  await page.screenshot({ path: `${process.env.OUT ?? 'artefacts'}/seats-failed.png` }).catch(() => {});
}
await close();
if (failed) {
  console.error(failed);
  process.exit(1);
}
