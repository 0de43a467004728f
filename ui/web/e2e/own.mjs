// A plain user's own page: his numbers, where they are logged in, a handset by its
// Phone ID and back, who may sit at his phones, and the code with which he sits at
// others'. Nothing of anybody else is there.
import { api, base, boot, ok, visit, walk } from './walk.mjs';

const hot = '64:16:7f:00:00:01';

walk('own', async (page, picture) => {
  const all = async (path) => (await api(page, 'GET', `${path}?limit=500`)).items;
  const password = 'a horse of another colour';
  await api(page, 'POST', '/users', { email: 'grace@acme.example', first_name: 'Grace', last_name: 'Hopper', role: 'user', portal: true, password });
  const graces = (await all('/extensions')).find((e) => e.number === '102');
  await api(page, 'PATCH', `/extensions/${graces.id}`, { user: 'grace@acme.example' });
  const london = (await all('/sites')).find((s) => s.name === 'London');
  await api(page, 'POST', '/numbers', { number: '+442071838702', site: london.id, extension: '102', status: 'active', display: ['Rear', 'Admiral'] });
  await api(page, 'POST', '/numbers', { number: '+442071838701', site: london.id, extension: '101', status: 'active' });
  boot('poly-vvx450', hot);
  const phone = async () => (await all('/devices')).find((d) => d.mac === hot);
  for (let i = 0; i < 100 && !(await phone()).registered; i++) await page.waitForTimeout(100);
  const { phone_id: handset } = await phone();

  await visit(page, `/extensions/${graces.id}`);
  const fieldset = (where) => where.getByRole('region', { name: 'Extension Virtualization of 102' });
  await fieldset(page).getByText('No secret code is set').waitFor();
  ok('the fieldset stands on the extension’s page');

  await page.context().clearCookies();
  await page.goto(`${base}/login`);
  await page.getByLabel('E-mail').fill('grace@acme.example');
  await page.locator('input[type=password]').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL(/\/account/);
  ok('a plain user begins at his own page');

  const telephony = page.getByRole('region', { name: 'Telephony' });
  const row = telephony.getByRole('row', { name: /8702/ });
  await row.getByText('102', { exact: true }).waitFor();
  await row.getByText('Rear Admiral').waitFor();
  await row.getByText('N/A').waitFor();
  if (await page.getByText('8701').count()) throw new Error('somebody else’s number is there');
  ok('one’s own numbers stand there, and no others');

  const dialog = page.getByRole('dialog');
  const login = page.getByRole('button', { name: 'Log in a handset: +442071838702' });
  await login.press('Enter');
  const button = dialog.getByRole('button', { name: 'Login', exact: true });
  await dialog.getByRole('combobox', { name: 'Phone ID' }).waitFor();
  if (await button.isEnabled()) throw new Error('Login without a Phone ID');
  await dialog.getByRole('combobox', { name: 'Phone ID' }).fill(handset);
  await page.locator('[data-combobox-option]:visible').first().click();
  await button.press('Enter');
  await dialog.getByText('Login complete: Rear Admiral is now on phone').waitFor();
  await dialog.getByRole('button', { name: 'OK' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await row.getByRole('cell', { name: /^Logged in Hot desk 1/ }).waitFor();
  await row.getByText(handset).waitFor();
  await picture('logged-in');
  ok('one’s own number is logged in at a handset');
  await page.getByRole('button', { name: 'Return: +442071838702' }).press('Enter');
  await row.getByText('N/A').waitFor();
  await login.waitFor();
  ok('and out again');

  const code = fieldset(page);
  await code.getByLabel('Allow virtualization on this extension').check({ force: true });
  await code.getByLabel('Set secret code').fill('1111');
  await code.getByRole('button', { name: 'Save' }).press('Enter');
  await code.getByText(/too easy|guess|equal/i).waitFor();
  await code.getByLabel('Set secret code').fill('135792');
  await code.getByRole('button', { name: 'Save' }).press('Enter');
  await code.getByText('A secret code is set.').waitFor();
  if (await code.getByLabel('Set secret code').inputValue()) throw new Error('the code still stands there');
  const [mine] = (await api(page, 'GET', '/own/extensions')).items;
  if (!mine.virtualization.allow || !mine.virtualization.has_secret) throw new Error(`not saved: ${JSON.stringify(mine.virtualization)}`);
  await picture('virtualization');
  ok('who may sit at one’s phones, and one’s own code');

  await page.goto(`${base}/telephony`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByText('Your own numbers, phones and password').waitFor();
  ok('the list of all is not for everybody, which is said');
});
