// A template that takes phones their account, rolled out from its page: it stops
// by itself, is taken back, rings the bell, and the phone comes back.
import { boot, ok, visit, walk } from './walk.mjs';

const mac = '80:5e:c0:12:34:56';

walk('badtemplate', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const registered = async (is) => {
    await visit(page, '/phones');
    await page.getByRole('row').filter({ has: page.locator(`[data-mac="${mac}"]`) }).locator(`[data-registered=${is}]`).waitFor({ timeout: 40_000 });
  };
  boot('yealink-t46u', mac);
  await registered(true);

  await visit(page, '/templates/yealink-t46u');
  await page.getByRole('button', { name: 'Make an own one in the place of accounts.tmpl' }).click();
  await dialog.getByLabel('Name').fill('Accounts of ours');
  await dialog.getByRole('button', { name: 'Add' }).click();
  const text = page.getByRole('textbox', { name: 'Text of accounts.tmpl' });
  const line = text.getByText('.enable = 1').first();
  await line.click();
  await page.keyboard.press('End');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('0');
  await page.getByText('+account.1.enable = 0').first().waitFor();
  await page.getByRole('button', { name: 'Save as version 1' }).click();
  await dialog.getByLabel('What was changed, and why').fill('a slip');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.locator('[data-version="1"]').getByRole('button', { name: 'Put in force' }).click();
  await dialog.getByText(/Alters \d of \d phones/).waitFor();
  await dialog.getByLabel('In stages, with a stop where phones fail').check();
  await dialog.getByLabel('Stages in percent').fill('100');
  await dialog.getByLabel(/^Minutes/).fill('0');
  await picture('begin');
  await dialog.getByRole('button', { name: 'Put in force' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Roll-outs' }).click();
  await page.locator('[data-rollout=running]').waitFor();
  ok('a roll-out was begun from its page');

  await page.locator('[data-rollout=stopped]').waitFor({ timeout: 60_000 });
  await page.getByText(/at 100 percent of the phones, 0 of 1 are registered again with it; 90 percent must be/).waitFor();
  await picture('stopped');
  ok('it stopped by itself and says why, without a reload');
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.locator('[data-version="1"]').waitFor();
  await page.locator('[data-inforce="0"]').first().waitFor();
  await page.getByRole('link', { name: /^Alarms, \d+ new/ }).click();
  await page.getByRole('row', { name: /A roll-out was stopped.*Roll-out stopped/ }).waitFor();
  await picture('alarm');
  ok('it was taken back, and there is an alarm');

  await registered(true);
  ok('the phone has been given the built-in text again, and is registered');
});
