// Writes an own template: a fault and its mark, a version, what it would alter,
// in force and back; draws a key by keyboard; and says a setting of a site.
//   BASE_URL, EMAIL, PASSWORD; MODEL, a phone of which is there
//   OUT  folder of pictures (none without it)
import { need, open } from './browser.mjs';

const base = need('BASE_URL').replace(/\/$/, '');
const model = need('MODEL');
const { page, faults, close } = await open({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(15_000);
const key = (name) => page.keyboard.press(name);
const dialog = page.getByRole('dialog');

async function picture(name) {
  if (process.env.OUT) await page.screenshot({ path: `${process.env.OUT}/templates-${name}.png` });
}

async function logIn() {
  await page.goto(`${base}/login`);
  await page.getByLabel('E-mail').fill(need('EMAIL'));
  await page.locator('input[type=password]').fill(need('PASSWORD'));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/phones/);
}

async function template() {
  await page.goto(`${base}/templates/${model}`);
  await page.getByRole('button', { name: 'Make an own one in the place of habits.tmpl' }).click();
  await dialog.getByLabel('Name').fill('Habits of ours');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const text = page.getByRole('textbox', { name: 'Text of habits.tmpl' });
  await text.click();
  await key('Control+Home');
  await page.keyboard.type('x = {{.phone.nam');
  await page.locator('.cm-tooltip-autocomplete').getByText('.phone.name').first().waitFor();
  console.log('ok: values are offered');
  await key('Escape');
  await page.keyboard.type('less}}\n');
  await page.locator('[data-severity=error]').first().waitFor();
  await page.locator('.cm-lint-marker-error').first().waitFor();
  if (await page.getByRole('button', { name: /^Save as version/ }).isEnabled()) throw new Error('a text with errors may be saved');
  console.log('ok: an error has a mark and is not saved');
  await picture('error');
  await key('Control+Home');
  await key('Shift+End');
  // Typed over a selection, Chromium itself writes a style that the content policy then refuses.
  await key('Delete');
  await page.keyboard.type('x.note = ours');
  await page.locator('[data-changed="1"]').waitFor();
  await page.getByText('+x.note = ours').waitFor();
  console.log('ok: the preview says what it alters');
  await picture('preview');
  await page.getByRole('button', { name: 'Save as version 1' }).click();
  await dialog.getByLabel('What was changed, and why').fill('a note');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.locator('[data-version="1"]').getByRole('button', { name: 'Put in force' }).click();
  await dialog.getByText('Alters 1 of 1 phone').waitFor();
  await dialog.getByRole('button', { name: 'Put in force' }).click();
  await page.locator('[data-inforce="1"]').waitFor();
  console.log('ok: version 1 is in force');
  await page.getByRole('button', { name: 'Restore the built-in template' }).click();
  await dialog.getByRole('button', { name: 'Put in force' }).click();
  await page.locator('[data-inforce="0"]').waitFor();
  console.log('ok: the built-in one is restored');
}

/** No pointer from here on but to open the page. */
async function keys() {
  await page.goto(`${base}/layouts`);
  await page.getByRole('button', { name: 'Add a layout' }).click();
  await dialog.getByLabel('Name').fill('Reception');
  await key('Enter');
  await page.getByRole('link', { name: 'Draw the keys of Reception' }).click();
  await page.goto(`${page.url()}?model=${model}`);
  const at = (n) => page.locator(`[data-module="0"] [data-key="${n}"]`);
  await at(1).focus();
  await key('ArrowDown');
  await key('Enter');
  await dialog.getByLabel('Type').selectOption('blf');
  await dialog.getByLabel('Extension to watch').fill('102');
  await key('Enter');
  await dialog.waitFor({ state: 'detached' });
  await at(2).focus();
  await key('Alt+ArrowDown');
  await page.locator('[data-key="3"][data-type=blf]').waitFor();
  await page.locator('[data-fit="0"]').waitFor();
  console.log('ok: a key is made and moved by keyboard, and fits');
  await picture('keys');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved.').waitFor();
  await page.reload();
  await page.locator('[data-key="3"][data-type=blf]').waitFor();
  await at(3).focus();
  await key('Delete');
  await page.locator('[data-key="3"][data-type=blf]').waitFor({ state: 'detached' });
  console.log('ok: it is kept, and emptied by Delete');
}

async function settings() {
  await page.goto(`${base}/settings?scope=site`);
  await page.getByRole('combobox', { name: 'Which one' }).or(page.getByLabel('Which one')).first().fill('London');
  await page.locator('[data-combobox-option]:visible').first().click();
  const expires = page.getByLabel('sip.expires', { exact: true });
  await expires.fill('5');
  await page.getByLabel('sip.transport', { exact: true }).selectOption('tcp');
  await page.getByRole('button', { name: 'Save 2 changes' }).click();
  await page.getByText(/60 to 86400|not.*60/).last().waitFor();
  await expires.fill('600');
  await page.getByRole('button', { name: /^Save \d/ }).click();
  await page.getByText('Saved. Phones get it when they ask next.').waitFor();
  await page.reload();
  await page.getByLabel('sip.expires', { exact: true }).waitFor();
  if ((await page.getByLabel('sip.expires', { exact: true }).inputValue()) !== '600') throw new Error('the setting was not kept');
  await page.getByRole('button', { name: 'Take sip.expires back' }).click();
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await page.locator('[data-setting="sip.expires"] [aria-label^="Take"]').waitFor({ state: 'detached' });
  await picture('settings');
  console.log('ok: settings of a site are refused, said and taken back');
}

let failed;
try {
  await logIn();
  await template();
  await keys();
  await settings();
  if (faults.length > 0) throw new Error(`the pages complained:\n${faults.join('\n')}`);
} catch (e) {
  failed = e;
  await page.screenshot({ path: `${process.env.OUT ?? 'artefacts'}/templates-failed.png` }).catch(() => {});
}
await close();
if (failed) {
  console.error(failed);
  process.exit(1);
}
