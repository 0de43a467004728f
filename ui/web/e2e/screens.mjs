// Takes pictures of every page, wide and narrow, light and dark, and looks for
// barriers with axe on each.
//   BASE_URL, EMAIL, PASSWORD, OUT (default ./artefacts); PHONE=mac opens that phone's panel
//   SETUP_URL, SETUP_TOKEN  another appliance, not set up: the wizard's steps (nothing is handed in)
//   ONLY                    such as "light,1280": only these of light, dark, 1280 and 390
//   PAGES                   such as "import,designer": only these pages, and no forms
import { need, open } from './browser.mjs';
import { furnish } from './furnish.mjs';
import { eyes } from './look.mjs';

const base = need('BASE_URL').replace(/\/$/, '');
const email = need('EMAIL');
const password = need('PASSWORD');
const only = (process.env.ONLY ?? '').split(',').filter(Boolean);
/** A picture's name and the page's address; words in braces are records that were made or found. */
const PAGES = [
  ...['phones', 'extensions', 'users', 'sites', 'calls', 'callrecords', 'account', 'nowhere', 'devices', 'templates', 'layouts', 'profiles', 'settings', 'firmware', 'contacts', 'security', 'alarms', 'floor', 'registrations', 'traces'].map((p) => [p, p]),
  ['waiting', 'phones/waiting'],
  ['import', 'phones/import'],
  ['taught', 'templates/taught'],
  ['telephony', 'telephony?site={london}'],
  ['features', 'telephony/{number}'],
  ['trace', 'traces/{trace}'],
  ...['overview', 'timeline', 'registrations', 'why', 'settings', 'files', 'keys'].map((tab) => [`phone-${tab}`, `phones/{phone}?tab=${tab}`]),
  ['phone-waiting', 'phones/{waiting}'],
  ['extension', 'extensions/{extension}'],
  ['user', 'users/{user}'],
  ['site', 'sites/{site}'],
  ['settings-site', 'settings?scope=site'],
  ['model', 'templates/{model}'],
  ...['preview', 'compare', 'versions', 'tests', 'rollouts'].map((panel) => [`template-${panel}`, `templates/{model}/{template}?panel=${panel}`]),
  ['designer', 'layouts/{layout}?model={model}'],
];
const FORMS = [
  ['extensions', 'Add an extension'], ['sites', 'Add a site'], ['users', 'Add a user'], ['phones', 'Add a phone'], ['account', 'Change the password'],
  ['contacts', 'Add a contact'], ['layouts', 'Add a layout'], ['profiles', 'Add a profile'], ['firmware', 'Upload'], ['security', 'Add an authority'], ['telephony', 'Add a number'],
];
const words = (process.env.PAGES ?? '').split(',').filter(Boolean);
const asked = (name) => words.length === 0 || words.includes(name);
const SIZES = [
  { name: '1280', width: 1280, height: 800 },
  { name: '390', width: 390, height: 844 },
];
const look = eyes(process.env.OUT ?? 'artefacts');
let complaints = 0;

async function wizard(page, name) {
  const url = process.env.SETUP_URL.replace(/\/$/, '');
  const next = () => page.getByRole('button', { name: 'Next' }).click();
  const step = async (title, picture) => {
    await page.getByRole('heading', { level: 2, name: title }).waitFor();
    await look.take(page, name(picture));
  };
  const fill = (field, value) => page.locator(`input[name=${field}]`).fill(value);
  await page.goto(`${url}/setup?token=${encodeURIComponent(need('SETUP_TOKEN'))}`);
  await step('One-time token', 'setup');
  await next();
  await fill('organization', 'Acme Ltd');
  await fill('domain', 'acme.example');
  await step('Your organization', 'setup-organization');
  await next();
  await fill('email', 'ada@acme');
  await fill('password', 'too short');
  await next();
  await step('The first administrator', 'setup-administrator');
  await fill('email', email);
  await fill('password', password);
  await fill('confirm', password);
  await next();
  await fill('site', 'London');
  await step('The first site', 'setup-site');
  await next();
  await page.getByRole('button', { name: 'Paste a list' }).click();
  await page.getByLabel('One a line: the number, then the name').fill('101 Ada Lovelace\n102 Grace Hopper\n103 Front Desk\n103 Twice');
  await step('The first extensions', 'setup-paste');
  await page.getByRole('button', { name: /^Take \d/ }).click();
  await step('The first extensions', 'setup-extensions');
  await next();
  await step('All correct?', 'setup-summary');
}

async function logIn(page, name) {
  await page.goto(`${base}/login`);
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  await look.take(page, name('login'));
  await page.getByLabel('E-mail').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/phones/);
}

async function phone(page, name) {
  await page.goto(`${base}/phones`);
  await page.locator('[data-link=open]').waitFor();
  const all = page.locator('[data-mac]');
  await all.first().waitFor({ timeout: 5000 }).catch(() => {});
  if ((await all.count()) === 0) return;
  for (const [one, picture] of [[process.env.PHONE ? page.locator(`[data-mac="${process.env.PHONE}"]`) : all.last(), 'phone'], [all.first(), 'phone-first']]) {
    await one.click();
    const panel = page.getByRole('dialog');
    await panel.getByText('Journal', { exact: true }).waitFor();
    await look.take(page, name(picture));
    await panel.getByText('Journal', { exact: true }).evaluate((e) => e.scrollIntoView());
    await look.take(page, name(`${picture}-journal`));
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  }
}

/** Nothing turns any more. (The line of news never falls silent.) */
async function settled(page) {
  await page.waitForTimeout(150);
  await page.waitForFunction(() => !document.querySelector('.mantine-Loader-root'));
}

/** The line of the time zone, which a site said. */
async function chooseLine(page) {
  await page.locator('[data-line]', { hasText: 'time_zone' }).first().hover();
}

async function inside(page, name, narrow) {
  const made = await furnish(page);
  for (const [picture, path] of PAGES.filter(([p]) => asked(p))) {
    await page.goto(`${base}/${path.replace(/\{(\w+)\}/g, (_, what) => made[what])}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('[data-link=open]').waitFor();
    await settled(page);
    if (picture === 'phone-files') await chooseLine(page);
    await look.take(page, name(picture));
  }
  if (words.length > 0) return;
  await phone(page, name);
  if (narrow) {
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await look.take(page, name('menu'));
  }
  for (const [path, button] of FORMS) {
    await page.goto(`${base}/${path}`);
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('dialog').getByRole('button', { name: /Add|Change|Upload/ }).last().waitFor();
    await look.take(page, name(`${path}-form`));
  }
}

for (const size of SIZES.filter((s) => !only.some((o) => /\d/.test(o)) || only.includes(s.name))) {
  for (const scheme of ['light', 'dark'].filter((s) => !only.some((o) => /[a-z]/.test(o)) || only.includes(s))) {
    const { page, faults, close } = await open({ viewport: { width: size.width, height: size.height }, colorScheme: scheme });
    page.setDefaultTimeout(60_000);
    const name = (what) => `${what}-${size.name}-${scheme}`;
    if (process.env.SETUP_URL && words.length === 0) await wizard(page, name);
    await logIn(page, name);
    await inside(page, name, size.width < 768);
    complaints += faults.length;
    for (const f of faults) console.log(`COMPLAINT ${size.name} ${scheme}: ${f}`);
    await close();
  }
}
console.log(`${look.barriers} serious barriers, ${complaints} complaints of the browser`);
process.exit(look.barriers + complaints > 0 ? 1 : 0);
