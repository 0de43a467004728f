// What the Telephony page says where something is missing: a site, an extension,
// numbers, numbers in use.
import { api, ok, visit, walk } from './walk.mjs';

walk('bare', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  await visit(page, '/telephony');
  const [site] = (await api(page, 'GET', '/sites')).items;
  const organization = (await api(page, 'GET', '/organizations')).items[0];
  await page.getByText(`No phone numbers are allocated to ${site.name}. Add one, or ask your operator.`).waitFor();
  await api(page, 'PATCH', `/organizations/${organization.id}`, { operator_contact: 'sales@operator.example' });
  await visit(page, '/telephony');
  await page.getByText(`ask your operator: sales@operator.example`).waitFor();
  if (await page.getByLabel('Site', { exact: true }).count()) throw new Error('a single site is to be chosen');
  await page.getByText(site.name, { exact: true }).waitFor();
  ok('no numbers: whom to ask; a single site stands as text');
  await page.getByRole('button', { name: 'Add a number' }).click();
  await dialog.getByLabel('Phone number').fill('+442071838700');
  await dialog.getByLabel('In use now; off: only reserved').uncheck({ force: true });
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(`The numbers of ${site.name} are reserved and not in use yet.`).waitFor();
  await page.getByText('No extension exists yet').waitFor();
  await picture('nothing');
  ok('none in use, and no extension: each has its words');
  await page.getByRole('button', { name: 'Activate +442071838700' }).press('Enter');
  await page.getByText(`The numbers of ${site.name} are reserved`).waitFor({ state: 'detached' });
  await page.getByText('No extension exists yet').waitFor();
  await api(page, 'POST', '/extensions', { number: '101', name: 'Ada Lovelace' });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('No extension exists yet').waitFor({ state: 'detached' });
  ok('and each goes when it is mended');
});
