// What every walk shares: the log-in, phones that somebody else switches on, an
// end that says what went wrong.
//   BASE_URL, EMAIL, PASSWORD  an appliance that is set up, and its administrator
//   OUT                        folder of pictures (only the failed one without it)
// A line "BOOT model MAC" asks whoever started the walk to switch that phone on,
// "OFF MAC" to switch it off, "CALL MAC MAC number" to call from one to the other.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { need, open } from './browser.mjs';

export const base = need('BASE_URL').replace(/\/$/, '');

export const ok = (words) => console.log(`ok: ${words}`);

export const boot = (model, mac) => console.log(`BOOT ${model} ${mac}`);

/** And off again. */
export const off = (mac) => console.log(`OFF ${mac}`);

/** Calls from one switched-on phone another one by a number, for a few seconds. */
export const call = (from, at, number) => console.log(`CALL ${from} ${at} ${number}`);

/** Goes to a page of the portal and waits until it is live. */
export async function visit(page, path) {
  await page.goto(`${base}${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('[data-link=open]').waitFor();
}

/** Asks the API as the page does. */
export const api = (page, method, path, body) =>
  page.evaluate(
    async ([m, p, b]) => {
      const answer = await fetch(`/api/v1${p}`, { method: m, headers: { 'Content-Type': 'application/json' }, body: b && JSON.stringify(b) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${m} ${p}: ${answer.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    [method, path, body],
  );

/** Presses Tab until what has the focus answers to the name; it must be reached. */
export async function tabTo(page, what, most = 60) {
  const passed = [];
  for (let i = 0; i < most; i++) {
    const now = await page.evaluate(() => {
      const e = document.activeElement;
      return e?.getAttribute('aria-label') || (e?.id && document.querySelector(`label[for="${e.id}"]`)?.textContent?.trim()) || e?.textContent?.trim() || e?.tagName || '';
    });
    if (what instanceof RegExp ? what.test(now) : now === what) return;
    passed.push(now.slice(0, 40));
    await page.keyboard.press('Tab');
  }
  throw new Error(`${what} is not reached with Tab; passed ${passed.join(' | ')}`);
}

/** Chooses in a searchable field. */
export async function choose(page, field, text) {
  await field.fill(text);
  await page.locator('[data-combobox-option]:visible').first().click();
}

/** Logs in, tells the story, and ends the process: 0 where all was as it says. */
export async function walk(name, story, options = {}) {
  const { page, faults, close } = await open({ viewport: { width: 1280, height: 900 }, ...options });
  page.setDefaultTimeout(15_000);
  const picture = async (what) => {
    if (!process.env.OUT) return;
    mkdirSync(process.env.OUT, { recursive: true });
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(process.env.OUT, `${name}-${what}.png`) });
  };
  let failed;
  try {
    await page.goto(`${base}/login`);
    await page.getByLabel('E-mail').fill(need('EMAIL'));
    await page.locator('input[type=password]').fill(need('PASSWORD'));
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(/\/phones/);
    await story(page, picture);
    if (faults.length > 0) throw new Error(`the pages complained:\n${faults.join('\n')}`);
  } catch (e) {
    failed = e;
    await page.screenshot({ path: join(process.env.OUT ?? join('..', '..', 'artefacts'), `${name}-failed.png`) }).catch(() => {});
  }
  await close();
  if (failed) console.error(failed);
  process.exit(failed ? 1 : 0);
}
