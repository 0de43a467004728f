// Many phones at once: pasted, from a file, and scanned label after label; each
// is tried before it is done, and every line that is wrong says why.
import { api, ok, visit, walk } from './walk.mjs';

const TABLE = `mac;model;name;line
80:5e:c0:88:00:01;yealink-t46u;Desk A;104
80-5E-C0-88-00-02;yealink-t54w;Desk B;
00:04:13:88:00:03;no-such-model;Desk C;
80:5e:c0:88:00:01;yealink-t46u;Desk A again;
80:5e:c0:88:00:04;yealink-t46u;Desk D;999
not-a-mac;;;
80:5e:c0:99:88:77;yealink-t46u;Shelf 7;
`;

walk('import', async (page, picture) => {
  const text = page.getByLabel('Phones', { exact: true });
  const rows = page.getByRole('region', { name: 'Result, line by line' });
  const check = () => page.getByRole('button', { name: 'Check' }).click();
  const count = async () => (await api(page, 'GET', '/devices?limit=500')).items.length;
  const site = async (name) => {
    await page.getByRole('combobox', { name: 'Site, where a line names none' }).click();
    await page.getByRole('option', { name }).click();
  };

  await visit(page, '/phones/import');
  const before = await count();
  await text.fill(TABLE);
  await page.getByText('8 lines').waitFor();
  await site('London');
  await check();
  await page.getByText('2 to add, 1 to change, 0 to pass over, 4 with an error. Nothing is done yet.').waitFor();
  for (const words of [/no-such-model/, /list before/, /999/, /not-a-mac/]) await rows.getByText(words).first().waitFor();
  if ((await count()) !== before) throw new Error('the dry run did something');
  ok('a dry run says what would be done and what is wrong, and does nothing');
  await picture('tried');
  await page.getByLabel('Show only errors').check({ force: true });
  if ((await rows.locator('tbody tr').count()) !== 4) throw new Error('only errors are not only errors');
  await page.getByRole('button', { name: 'Import 3 phones' }).click();
  await page.getByText('2 added, 1 changed, 0 passed over, 4 refused.').first().waitFor();
  if ((await count()) !== before + 2) throw new Error(`${(await count()) - before} were added`);
  ok('what is right goes in, what is wrong stays out');

  await visit(page, '/phones/import');
  await page.locator('input[type=file]').setInputFiles({ name: 'phones.csv', mimeType: 'text/csv', buffer: Buffer.from('name,site,mac\n"Rack, left",Leeds,001565880005\n') });
  await page.getByText('2 lines').waitFor();
  await check();
  await rows.getByText('Rack, left').waitFor();
  await page.getByRole('button', { name: 'Import 1 phone' }).click();
  await page.getByRole('link', { name: 'To the phones' }).click();
  await page.getByRole('link', { name: 'Rack, left' }).waitFor();
  ok('a file with columns in another order goes in');

  await visit(page, '/phones/import');
  await text.focus();
  // A scanner types each label and presses Enter.
  for (const label of ['MAC:001565880006', 'S/N 12345 MAC 00-15-65-88-00-07', '001565880006']) {
    await page.keyboard.type(label);
    await page.keyboard.press('Enter');
  }
  await page.getByText('3 lines').waitFor();
  await site('Leeds');
  await check();
  await page.getByText(/2 to add, 0 to change, 0 to pass over, 1 with an error/).waitFor();
  await page.getByRole('button', { name: 'Import 2 phones' }).click();
  await page.getByText(/^2 added/).first().waitFor();
  ok('labels scanned one after the other go in');
});
