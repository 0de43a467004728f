// Secrets: masked until the password is shown once more, in a phone's file and in
// the export, by keyboard; and certificates of our own authority for a phone.
import { readFileSync } from 'node:fs';
import { api, boot, ok, tabTo, visit, walk } from './walk.mjs';

const ada = '80:5e:c0:12:34:56';
const password = process.env.PASSWORD;

walk('secrets', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const closed = () => dialog.waitFor({ state: 'detached' });
  const device = async () => (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === ada);
  boot('yealink-t46u', ada);
  const { id } = await device();

  await visit(page, `/phones/${id}?tab=files&file=805ec0123456.cfg`);
  const line = page.locator('[data-line]', { hasText: /^\d*account\.1\.password = / });
  await line.waitFor();
  const masked = await line.innerText();
  if (!/\*\*\*/.test(masked)) throw new Error(`not masked: ${masked}`);
  await tabTo(page, 'Show secrets');
  await page.keyboard.press('Enter');
  await dialog.locator('input[type=password]:focus').waitFor();
  await page.keyboard.type('not this one, surely');
  await page.keyboard.press('Enter');
  await dialog.getByText('The password is wrong.').waitFor();
  await picture('unlock');
  await page.keyboard.press('Control+a');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await closed();
  await line.filter({ hasNotText: '***' }).waitFor();
  await picture('shown');
  await page.getByRole('button', { name: 'Hide secrets' }).press('Enter');
  await line.filter({ hasText: '***' }).waitFor();
  ok('a file shows its secrets to who shows his password once more, and hides them again');

  await visit(page, '/security');
  await page.getByRole('switch', { name: /^With secrets/ }).press('Space');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const file = await download;
  if (!/secret: .+/.test(readFileSync(await file.path(), 'utf8')) || file.suggestedFilename() !== 'office.yaml') throw new Error('the export has no secrets');
  const { items } = await api(page, 'GET', '/audit?limit=100');
  if (items.filter((e) => e.kind === 'export').length !== 2) throw new Error('the audit does not tell of both');
  ok('within five minutes it is exported without asking again, and the audit tells of both');

  await visit(page, `/phones/${id}`);
  await page.getByRole('button', { name: 'Certificate', exact: true }).press('Enter');
  await dialog.getByText('No certificate was made for this phone.').waitFor();
  await dialog.getByRole('button', { name: 'Make a certificate' }).press('Enter');
  await dialog.getByText('Password of the PKCS#12 file').waitFor();
  await picture('certificate');
  const pem = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Certificate and key (PEM)' }).press('Enter');
  const text = readFileSync(await (await pem).path(), 'utf8');
  if (!/BEGIN CERTIFICATE/.test(text) || !/PRIVATE KEY/.test(text)) throw new Error('certificate or key is missing');
  if (!(await device()).certificate_issued) throw new Error('the phone has no certificate');
  await dialog.getByRole('button', { name: 'Take it back' }).press('Enter');
  await dialog.getByText('No certificate was made for this phone.').waitFor();
  if ((await device()).certificate_issued) throw new Error('the certificate is still good');
  ok('a certificate is made, kept as a file, and taken back');
});
