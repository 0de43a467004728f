// A template's tests, a share and a roll-out in stages; its way out as one file;
// and firmware, uploaded and rolled out.
import { api, boot, choose, ok, visit, walk } from './walk.mjs';

walk('rollouts', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const closed = () => dialog.waitFor({ state: 'detached' });
  boot('yealink-t46u', '80:5e:c0:12:34:56');

  const template = await api(page, 'POST', '/custom-templates', { scope: { kind: 'organization' }, model: 'yealink-t46u', file: 'habits.tmpl', name: 'Habits' });
  const { text } = await api(page, 'GET', '/templates/yealink-t46u/files/habits.tmpl');
  await visit(page, `/templates/yealink-t46u/${template.id}?panel=tests`);
  await page.getByRole('textbox', { name: 'Text of habits.tmpl' }).waitFor();
  await page.getByRole('button', { name: 'Add a test' }).click();
  await page.getByRole('group', { name: 'Test 1' }).getByLabel('Line').fill('x.note = ours');
  await page.getByRole('button', { name: 'Save as version 1' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(/x\.note = ours/).waitFor();
  await page.keyboard.press('Escape');
  await closed();
  ok('a version whose test does not hold is refused');
  await picture('tests');
  await api(page, 'POST', `/custom-templates/${template.id}/versions`, { text: `x.note = ours\n${text}`, comment: 'a note', tests: [{ model: 'yealink-t46u', line: 'x.note = ours' }] });

  await visit(page, `/templates/yealink-t46u/${template.id}?panel=versions`);
  await page.locator('[data-version="1"]').getByRole('button', { name: 'Put in force' }).click();
  await dialog.getByText(/Alters \d of \d phones/).waitFor();
  await dialog.getByLabel('A share of the phones').check();
  await dialog.getByLabel('Percent of the phones').fill('50');
  await picture('share');
  await dialog.getByRole('button', { name: 'Put in force' }).click();
  await closed();
  await page.getByText('50 %').first().waitFor();
  ok('a version is in force for a share');
  await api(page, 'POST', `/custom-templates/${template.id}/activate`, { number: 0 });

  await visit(page, `/templates/yealink-t46u/${template.id}?panel=versions`);
  await page.locator('[data-version="1"]').getByRole('button', { name: 'Put in force' }).click();
  await dialog.getByLabel('In stages, with a stop where phones fail').check();
  await dialog.getByLabel('Stages in percent').fill('50, 20');
  await dialog.getByText('Growing whole numbers, the last of them 100, such as 1, 10, 100.').waitFor();
  await dialog.getByLabel('Stages in percent').fill('50, 100');
  await dialog.getByRole('button', { name: 'Put in force' }).click();
  await closed();
  await page.getByRole('tab', { name: 'Roll-outs' }).click();
  await page.locator('[data-rollout=running]').waitFor();
  // The first stage is widened until it reaches a phone.
  await page.getByText(/Stage 1 of 2: \d+ %/).waitFor();
  await picture('rollout');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('[data-rollout=paused]').waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.locator('[data-rollout=running]').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await page.locator('[data-rollout=stopped]').waitFor();
  ok('a roll-out runs in stages, waits, goes on and is stopped');

  await visit(page, '/templates');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export own templates' }).click();
  const zip = await (await download).path();
  await page.getByRole('button', { name: 'Import' }).click();
  await dialog.locator('input[type=file]').setInputFiles(zip);
  await picture('templates-import');
  await page.keyboard.press('Escape');
  ok('own templates leave as one file');

  await visit(page, '/firmware');
  await page.getByRole('button', { name: 'Upload' }).click();
  await dialog.locator('input[type=file]').setInputFiles({ name: 'T46U-108.86.0.99.rom', mimeType: 'application/octet-stream', buffer: Buffer.alloc(300_000, 7) });
  await choose(page, dialog.getByRole('combobox', { name: 'Vendor' }), 'Yealink');
  await choose(page, dialog.getByRole('combobox', { name: 'Models' }), 'Yealink SIP-T46U');
  await dialog.getByLabel('Version').fill('108.86.0.99');
  await picture('upload');
  await dialog.getByRole('button', { name: 'Upload' }).click();
  await closed();
  await page.getByText('108.86.0.99').first().waitFor();
  await page.getByRole('button', { name: /^Roll out/ }).click();
  await dialog.getByRole('button', { name: 'Begin' }).click();
  await closed();
  await page.locator('[data-rollout=running]').waitFor();
  await picture('firmware');
  ok('firmware is uploaded and rolled out');
});
