// The Telephony list: numbers of a site with their statuses and actions; a number
// logged in at a handset by its Phone ID, and out again; its label on the phone.
import { api, boot, ok, visit, walk } from './walk.mjs';

const hot = '64:16:7f:00:00:01';
const ada = '80:5e:c0:12:34:56';

walk('telephony', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const closed = () => dialog.waitFor({ state: 'detached' });
  const all = async (path) => (await api(page, 'GET', `${path}?limit=500`)).items;
  const device = async (mac) => (await all('/devices')).find((d) => d.mac === mac);
  const row = (number) => page.getByRole('row', { name: new RegExp(number.replace('+', '\\+')) });
  const options = (number) => page.getByRole('button', { name: `Actions: ${number}` });
  const choose = async (number, action) => {
    await options(number).press('Enter');
    await page.getByRole('menuitem', { name: action }).press('Enter');
  };

  const sites = await all('/sites');
  const london = sites.find((s) => s.name === 'London');
  const user = await api(page, 'POST', '/users', { email: 'grace@acme.example', first_name: 'Grace', last_name: 'Hopper', role: 'user' });
  await visit(page, '/telephony');
  if ((await page.getByLabel('Site', { exact: true }).locator('option:checked').innerText()) !== 'Leeds') throw new Error('the first site by name is not chosen');
  await page.getByText('No phone numbers are allocated to Leeds.').waitFor();
  await page.getByLabel('Site', { exact: true }).selectOption('London');
  ok('the first site by its name is chosen, and what is not there is said');

  for (const [number, extension] of [['+442071838701', '101'], ['+44 20 7183 8702', '102'], ['+442071838703', '103']]) {
    await page.getByRole('button', { name: 'Add a number' }).click();
    await dialog.getByLabel('Phone number').fill(number);
    await dialog.getByRole('combobox', { name: 'Extension' }).fill(extension);
    await page.locator('[data-combobox-option]:visible').first().click();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await closed();
  }
  const [first, second, main] = ['+442071838701', '+442071838702', '+442071838703'];
  await api(page, 'POST', '/numbers', { number: '+442071838704', site: london.id, status: 'reserved' });
  await api(page, 'PATCH', `/sites/${london.id}`, { main_number: main });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await row(main).getByText('Main Number').waitFor();
  for (const heading of ['Phone number', 'Extension', 'Default PIN', 'Assigned to', 'Status', 'Logged in']) await page.getByRole('columnheader', { name: heading }).waitFor();
  if (!/8703/.test(await page.locator('tbody tr').first().innerText())) throw new Error('the main number is not first');
  await row('8704').getByText('Reserved').waitFor();
  for (const none of [main, '+442071838704']) if (await options(none).count()) throw new Error(`${none} has options`);
  ok('six columns, the main number first; reserved and main ones have no options');
  await page.getByRole('button', { name: 'Activate +442071838704' }).press('Enter');
  await row('8704').getByText('Active').waitFor();
  await options('+442071838704').waitFor();
  ok('a reserved one is taken into use from here');
  await options(first).press('Enter');
  const items = await page.getByRole('menuitem').allInnerTexts();
  const want = ['Phone number details', 'Phone number features', 'Reset PIN', 'Login a new handset', 'Display name', 'Assign phone number'];
  if (items.join() !== want.join()) throw new Error(`the options are ${items.join()}`);
  await picture('list');
  await page.keyboard.press('Escape');
  ok('an active one has all six, in their order');

  boot('yealink-t46u', ada);
  await choose(first, 'Display name');
  await dialog.getByLabel('First part').fill('Countess');
  await dialog.getByLabel('Second part').fill('Lovelace');
  await page.keyboard.press('Enter');
  await closed();
  await row(first).getByText('Countess Lovelace').waitFor();
  const { id } = await device(ada);
  const file = await api(page, 'GET', `/devices/${id}/files?name=805ec0123456.cfg`);
  if (!file.lines.some((l) => /label = .*Countess.*Lovelace/.test(l.text))) throw new Error(`the label is not in the phone’s file: ${file.lines.filter((l) => /label/.test(l.text)).map((l) => l.text).join('\n')}`);
  ok('both parts of a label are here, and on the phone');

  await choose(second, 'Assign phone number');
  await dialog.getByRole('combobox', { name: 'User' }).click();
  await page.getByRole('option', { name: 'Grace Hopper' }).click();
  await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
  await closed();
  await row(second).getByRole('link', { name: /Grace Hopper|grace@acme/ }).waitFor();
  await visit(page, '/users');
  await page.getByRole('link', { name: 'Telephony: grace@acme.example' }).click();
  await page.getByRole('heading', { level: 1, name: 'Grace Hopper' }).waitFor();
  await choose(second, 'Display name');
  await dialog.getByLabel('First part').fill('Rear');
  await dialog.getByLabel('Second part').fill('Admiral');
  await page.keyboard.press('Enter');
  await closed();
  await row(second).getByRole('link', { name: 'Rear Admiral' }).waitFor();
  await picture('user');
  await visit(page, '/account');
  await page.getByText('No phone number is assigned.').waitFor();
  const me = (await all('/users')).find((u) => u.email === 'ada@acme.example');
  const one = (await all('/numbers')).find((n) => n.number === first);
  await api(page, 'PATCH', `/numbers/${one.id}`, { user: me.id });
  await visit(page, '/account');
  await options(first).waitFor();
  await row(first).getByRole('link', { name: 'Countess Lovelace' }).waitFor();
  const hers = (await all('/extensions')).find((e) => e.number === '101');
  await api(page, 'PATCH', `/extensions/${hers.id}`, { user: me.id });
  await visit(page, '/account');
  const phones = page.getByRole('region', { name: 'My phones' });
  await phones.getByText('Default', { exact: true }).waitFor();
  if (await phones.locator('select, [role=combobox], button').count()) throw new Error('a template of one’s own phone can be chosen');
  ok('one’s own phones have the default template, and no other is offered');
  await picture('profile');
  await api(page, 'PATCH', `/extensions/${hers.id}`, { user: '' });
  await api(page, 'PATCH', `/numbers/${one.id}`, { user: '' });
  await visit(page, `/telephony?site=${london.id}`);
  await row(second).getByRole('link', { name: 'Rear Admiral' }).waitFor();
  await api(page, 'PATCH', `/numbers/${(await all('/numbers')).find((n) => n.number === second).id}`, { display: [] });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await row(second).getByRole('link', { name: /Grace Hopper/ }).waitFor();
  ok('the same data and actions stand at the user, and in one’s own profile');
  await choose(first, 'Assign phone number');
  await dialog.getByRole('combobox', { name: 'User' }).click();
  if ((await page.getByRole('option', { name: /has a number/ }).getAttribute('data-combobox-disabled')) !== 'true') throw new Error('who has a number may be chosen');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await closed();
  await page.getByLabel('Search').fill('hopp');
  await row(first).waitFor({ state: 'detached' });
  await row(second).waitFor();
  await page.getByLabel('Search').fill('');
  await choose(second, 'Unassign phone number');
  await dialog.getByRole('button', { name: 'Unassign phone number' }).press('Enter');
  await closed();
  await row(second).getByText('Unassigned').waitFor();
  await api(page, 'DELETE', `/users/${user.id}`);
  ok('a number is assigned, found by whom it is assigned to, and taken back');

  await choose(second, 'Reset PIN');
  await dialog.getByText(/has been reset to its default value/).waitFor();
  await dialog.getByRole('button', { name: 'OK' }).press('Enter');
  await closed();
  await choose(second, 'Phone number features');
  await page.getByRole('heading', { level: 1, name: second }).waitFor();
  await page.getByLabel('Forward when busy to').fill('103');
  await page.getByRole('link', { name: 'All numbers' }).click();
  await dialog.getByText('What you have changed here is not saved.').waitFor();
  await page.keyboard.press('Escape');
  await closed();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Saved.').first().waitFor();
  await page.getByRole('link', { name: 'All numbers' }).click();
  await page.getByLabel('Site', { exact: true }).selectOption('London');
  await choose(second, 'Phone number details');
  await dialog.getByText('103', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'OK' }).press('Enter');
  await closed();
  ok('features are saved, and not left by mistake');

  boot('poly-vvx450', hot);
  await api(page, 'POST', '/devices', { mac: '80:5e:c0:66:00:09', model: 'yealink-t46u', site: london.id, name: 'By hand', remote_login: false });
  const handset = (await device(hot)).phone_id;
  await row(second).waitFor();
  await choose(second, 'Login a new handset');
  await dialog.getByText('One phone is not listed').waitFor();
  const button = dialog.getByRole('button', { name: 'Login', exact: true });
  if (await button.isEnabled()) throw new Error('Login without a Phone ID');
  const pick = async () => {
    await dialog.getByRole('combobox', { name: 'Phone ID' }).fill(handset);
    await page.locator('[data-combobox-option]:visible').first().click();
  };
  await pick();
  if ((await page.locator('[data-combobox-option]').count()) > 1) throw new Error('other phones than hot desks of the site are offered');
  // A phone that has just booted is asked once it is registered.
  for (let i = 0; i < 100 && !(await device(hot)).registered; i++) await page.waitForTimeout(100);
  await button.press('Enter');
  await dialog.getByText(`Login complete: ${second} is now on phone ${handset} (Hot desk 1).`).waitFor();
  await picture('complete');
  await dialog.getByRole('button', { name: 'OK' }).press('Enter');
  await closed();
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  if (focused !== `Actions: ${second}`) throw new Error(`the focus went to ${focused}`);
  await row(second).getByRole('cell', { name: /^Logged in Hot desk 1/ }).waitFor();
  ok('a number is logged in at a handset by Phone ID, and the focus comes back');

  await choose(first, 'Login a new handset');
  await pick();
  await button.press('Enter');
  await dialog.getByText(/somebody is logged in at this phone/i).waitFor();
  await picture('refused');
  await page.keyboard.press('Escape');
  await closed();
  await row(first).getByRole('cell', { name: /^Logged in own phone: Ada's desk/ }).waitFor();
  ok('a handset where somebody is already is refused, and nothing changes');

  await choose(second, 'Log out from handset');
  await row(second).getByRole('cell', { name: /^N\/A own phone: Grace/ }).waitFor();
  ok('and logged out again: its own phone is off');
});
