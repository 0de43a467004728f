// Walks the wizard and the phones page with the keyboard alone, and meets the
// refusals on the way: a wrong token, answers that are wrong, a second wizard.
//   BASE_URL, SETUP_TOKEN  an appliance that is not set up
import { need, open } from './browser.mjs';

const base = need('BASE_URL').replace(/\/$/, '');
const token = need('SETUP_TOKEN');
const password = 'correct horse battery staple';
const { page, context, faults, close } = await open({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(15_000);
const key = (name) => page.keyboard.press(name);
const type = (text) => page.keyboard.type(text);
const step = (title) => page.getByRole('heading', { level: 2, name: title }).waitFor();

/** What has the focus: a field's name, else its label or words. */
const focused = () =>
  page.evaluate(() => {
    const e = document.activeElement;
    return e?.getAttribute('name') || e?.getAttribute('aria-label') || e?.textContent?.trim() || e?.tagName || '';
  });

/** Presses Tab until the focus is there; it must be visible. */
async function to(what) {
  const passed = [];
  for (let i = 0; i < 40; i++) {
    const now = await focused();
    if (now === what || (what instanceof RegExp && what.test(now))) return;
    passed.push(now);
    await key('Tab');
  }
  throw new Error(`${what} is not reached with Tab; passed ${passed.join(' | ')}`);
}

async function says(words) {
  await page.getByText(words).first().waitFor();
  console.log(`ok: ${words}`);
}

async function wizard() {
  await page.goto(`${base}/setup`);
  await step('One-time token');
  await to('token');
  await type('not-the-token');
  await key('Enter');
  await step('Your organization');
  await to('organization');
  await type('Acme Ltd');
  await key('Enter');
  await step('The first administrator');
  await to('email');
  await type('ada@acme.example');
  await to('password');
  await type('short');
  await key('Enter');
  await says('At least 12 characters; 7 more.');
  if ((await focused()) !== 'password') throw new Error(`the fault has no focus but ${await focused()}`);
  await key('Control+A');
  await type(password);
  await to('confirm');
  await type(password);
  await key('Enter');
  await step('The first site');
  await to('site');
  await type('London');
  await key('Enter');
  await step('The first extensions');
  await to('Extension 1: Number').catch(() => to(/^(Number|Extension 1)/));
  await type('101');
  await key('Tab');
  await type('Ada Lovelace');
  await to('Next');
  await key('Enter');
  await step('All correct?');
  await to('Finish');
  await key('Enter');
  await step('One-time token');
  await says('This token is not the one that was printed.');
  await to('token');
  await key('Control+A');
  await type(token);
  await key('Enter');
  for (const title of ['Your organization', 'The first administrator', 'The first site', 'The first extensions']) {
    await step(title);
    await to('Next');
    await key('Enter');
  }
  await step('All correct?');
}

/** The same answers in a second window, after the first was quicker. */
async function twice() {
  const other = await context.newPage();
  await other.goto(`${base}/setup`);
  await other.getByRole('heading', { level: 2, name: 'One-time token' }).waitFor();
  const answer = await other.evaluate(
    ([t, p]) =>
      fetch('/api/v1/setup', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token: t, document: { organization: { name: 'Other', domain: 'other.example' }, administrator: { email: 'other@other.example', password: p } } }),
      }).then((r) => r.status),
    [token, password],
  );
  if (answer !== 201) throw new Error(`the quicker one was answered ${answer}`);
  await other.close();
  await to('Finish');
  await key('Enter');
  await says('This appliance is set up already.');
  await page.getByRole('link', { name: 'To the log-in' }).waitFor();
}

async function phones() {
  await page.goto(`${base}/phones`);
  await page.getByRole('heading', { level: 1, name: 'Phones' }).waitFor();
  await page.locator('[data-link=open]').waitFor();
  await key('Tab');
  if ((await focused()) !== 'Skip to the content') throw new Error(`the first stop is ${await focused()}`);
  await to('Add a phone');
  await key('Enter');
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(400);
  await type('80:5e:c0:12:34:56');
  if ((await page.getByRole('dialog').getByRole('textbox').first().inputValue()) !== '80:5e:c0:12:34:56') throw new Error('the MAC field had no focus');
  await key('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForTimeout(300);
  if ((await focused()) !== 'Add a phone') throw new Error(`after the dialog the focus is at ${await focused()}`);
}

let failed;
try {
  await wizard();
  await twice();
  await phones();
  if (faults.length > 0) throw new Error(`the pages complained:\n${faults.join('\n')}`);
  console.log('keys: all as expected');
} catch (e) {
  failed = e;
  await page.screenshot({ path: `${process.env.OUT ?? 'artefacts'}/keys-failed.png` }).catch(() => {});
}
await close();
if (failed) {
  console.error(failed);
  process.exit(1);
}
