// The floor: who sits where by site and room; a person dragged onto a free phone,
// carried by keyboard, taken back, and sent home.
import { api, boot, ok, tabTo, visit, walk } from './walk.mjs';

const hot = '64:16:7f:00:00:01';
const cold = '80:5e:c0:66:00:07';

walk('floor', async (page, picture) => {
  const devices = async () => (await api(page, 'GET', '/devices?limit=500')).items;
  const device = async (mac) => (await devices()).find((d) => d.mac === mac);
  const london = (await api(page, 'GET', '/sites')).items.find((s) => s.name === 'London');
  await api(page, 'POST', '/devices', { mac: cold, model: 'yealink-t46u', site: london.id, name: 'Hot desk 2', room: 'Room 2' });
  await api(page, 'PATCH', `/devices/${(await device(hot)).id}`, { room: 'Room 10' });
  boot('poly-vvx450', hot);
  boot('yealink-t46u', cold);

  await visit(page, '/floor');
  const tile = (name) => page.locator('[data-tile]', { hasText: name });
  const person = (number) => page.locator(`[data-person="${number}"]`);
  const sits = (name, number) => tile(name).getByText(number, { exact: true }).waitFor();
  for (const name of ['Hot desk 1', 'Hot desk 2']) await page.locator('[data-state=free]', { hasText: name }).waitFor();
  const rooms = await page.getByRole('region', { name: 'London' }).getByRole('group').evaluateAll((all) => all.map((r) => r.getAttribute('aria-label')));
  if (rooms.join() !== 'Room 2,Room 10,No room') throw new Error(`rooms are ${rooms.join()}`);
  ok('phones stand by site and room');

  await page.getByRole('button', { name: 'Rules' }).press('Enter');
  const rules = page.getByRole('dialog');
  await rules.getByLabel('Guests go home at').fill('25:00');
  await rules.getByRole('button', { name: 'Save' }).press('Enter');
  await rules.getByText('An hour is like 20:00.').waitFor();
  await rules.getByLabel('Guests go home at').fill('23:59');
  await rules.getByLabel('Digits of default PINs').fill('8');
  await rules.getByRole('button', { name: 'Save' }).press('Enter');
  await rules.waitFor({ state: 'detached' });
  const [house] = (await api(page, 'GET', '/organizations')).items;
  if (house.nightly_release !== '23:59' || house.pin_digits !== 8 || house.pin_for_code) throw new Error(`the rules are ${JSON.stringify(house)}`);
  await api(page, 'PATCH', `/organizations/${house.id}`, { nightly_release: '' });
  ok('the rules of hot desking are said there');

  await person('104').dragTo(tile('Hot desk 1'));
  await sits('Hot desk 1', '104');
  await page.getByText('Alan Turing sits at Hot desk 1 now.').waitFor();
  if ((await device(hot)).sitting[0].extension !== '104') throw new Error('104 does not sit there');
  await picture('dragged');
  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await page.locator('[data-state=free]', { hasText: 'Hot desk 1' }).waitFor();
  ok('a person dragged on a free phone sits there, and the move is taken back');

  await page.locator('h1').focus();
  await tabTo(page, /^105 Katherine Johnson/);
  await page.keyboard.press('Enter');
  await picture('picked');
  await page.keyboard.press('Escape');
  if ((await page.getByRole('button', { name: /^Seat here/ }).count()) > 0) throw new Error('Escape does not put down');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Seat here: Katherine Johnson at Hot desk 1');
  await page.keyboard.press('Enter');
  await sits('Hot desk 1', '105');
  ok('by keyboard a person is picked up and seated');

  await person('105').dragTo(tile('Hot desk 2'));
  await sits('Hot desk 2', '105');
  await page.locator('[data-state=free]', { hasText: 'Hot desk 1' }).waitFor();
  await person('104').dragTo(tile('Hot desk 2'));
  await page.waitForTimeout(300);
  if ((await device(cold)).sitting[0].extension !== '105') throw new Error('a phone that is not free was taken');
  ok('who sits elsewhere moves; a phone that is not free takes nobody');

  await page.getByRole('button', { name: 'Undo' }).press('Enter');
  await sits('Hot desk 1', '105');
  await page.getByRole('button', { name: 'Log out Katherine Johnson' }).press('Enter');
  await page.locator('[data-state=free]', { hasText: 'Hot desk 1' }).waitFor();
  await page.getByText('Katherine Johnson has left Hot desk 1.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached', timeout: 12_000 });
  ok('a move is taken back to where one sat; after ten seconds it is not offered any more');
});
