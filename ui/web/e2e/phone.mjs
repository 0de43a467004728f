// One phone's page: its time line, why it was refused, its settings by layer,
// its files line by line and against what it fetched, a one-time address, its
// replacement and its retirement.
import { api, base, boot, ok, visit, walk } from './walk.mjs';

const ada = '80:5e:c0:12:34:56';
const next = '80:5e:c0:55:00:01';

walk('phone', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const device = async (mac) => (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === mac);
  const tab = (name) => page.getByRole('tab', { name }).click();
  const registered = () => page.locator('[data-registered=true]').first().waitFor();

  const { id } = await device(ada);
  await visit(page, `/phones/${id}?tab=timeline`);
  await page.getByText('It has asked for nothing since the appliance started.').waitFor();
  boot('yealink-t46u', ada);
  const own = page.getByRole('listitem').filter({ hasText: '805ec0123456.cfg' });
  await own.filter({ hasText: 'its own token' }).first().waitFor();
  await own.filter({ hasText: /HTTP · 200 · [\d,]+ bytes · [\d.]+ ms/ }).first().waitFor();
  await page.getByRole('listitem').filter({ hasText: 'REGISTER' }).filter({ hasText: 'line 1 is registered over' }).first().waitFor();
  await own.filter({ hasText: /text [0-9a-f]{8}/ }).first().waitFor();
  ok('the time line fills while one looks, up to the registration');
  await picture('timeline');

  await tab('Overview');
  await registered();
  // A phone that has just moved to HTTPS still holds addresses of before.
  await page.getByRole('button', { name: 'Read settings again' }).click();
  await page.getByText('The phone was asked to read its settings.').waitFor();

  await tab('Settings');
  await page.getByLabel('Search').fill('time.zone');
  await page.getByRole('row', { name: /time\.zone.*Europe\/London.*Site: London/ }).waitFor();
  ok('a setting names the layer that said it');

  await tab('Files');
  await page.getByLabel('File', { exact: true }).selectOption('805ec0123456.cfg');
  await page.getByText('The phone has exactly this.').waitFor();
  await page.getByRole('listbox').focus();
  const zone = Number(await page.locator('[data-line]', { hasText: 'local_time.time_zone' }).first().getAttribute('data-line'));
  for (let i = 0; i < zone; i++) await page.keyboard.press('ArrowDown');
  await page.getByText(`Line ${zone + 1} comes from:`).waitFor();
  await page.getByText(/Site: time\./).first().waitFor();
  ok('a line of its file names its layer, by keyboard');
  await picture('files');

  await tab('Why not?');
  await page.getByText('Every condition is met: the phone would be answered now.').waitFor();
  await api(page, 'PATCH', `/devices/${id}`, { disabled: true });
  await fetch(`${base}/p/805ec0123456.cfg`, { headers: { 'User-Agent': 'Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56' } });
  await page.getByRole('listitem').filter({ hasText: /^enabled not met/ }).waitFor();
  await api(page, 'PATCH', `/devices/${id}`, { disabled: false });
  ok('why it is refused is said, condition by condition');
  await picture('why');
  await page.getByRole('button', { name: 'Look again' }).click();
  await page.getByText('Every condition is met: the phone would be answered now.').waitFor();

  // In the hours when the site's phones are left alone, the phone keeps what it has.
  const [site] = (await api(page, 'GET', '/sites')).items.filter((s) => s.name === 'London');
  const hour = (later) => `${String((new Date().getUTCHours() + later) % 24).padStart(2, '0')}:00`;
  await api(page, 'PATCH', `/sites/${site.id}`, { timezone: 'UTC', resync_from: hour(2), resync_until: hour(3) });
  await api(page, 'PUT', `/settings/device/${id}/sip.expires`, { value: '777' });
  await visit(page, `/phones/${id}?tab=files&file=805ec0123456.cfg&view=diff`);
  await page.getByText('The phone has an older text.').waitFor();
  await page.locator('code, pre').filter({ hasText: /777/ }).first().waitFor();
  ok('what has changed since it asked is shown');
  await picture('difference');

  await tab('Overview');
  await page.getByRole('button', { name: 'Remote address' }).click();
  await dialog.getByRole('button', { name: 'Make the address' }).click();
  await dialog.getByText(/phones outside cannot be told where we are/i).waitFor();
  await api(page, 'PATCH', `/sites/${site.id}`, { advertise: 'pbx.acme.example' });
  await dialog.getByRole('button', { name: 'Make the address' }).click();
  await dialog.getByRole('img', { name: 'QR code of the one-time address' }).waitFor();
  await dialog.getByText(/^https?:\/\/.+/).first().waitFor();
  await picture('remote');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await api(page, 'PATCH', `/sites/${site.id}`, { advertise: '' });
  ok('a one-time address comes as words and as a code');

  await page.getByRole('button', { name: 'Replace' }).click();
  await dialog.getByLabel('MAC address of the new phone').fill('Yealink MAC 805EC0550001');
  await page.keyboard.press('Enter');
  await page.getByText(next, { exact: true }).first().waitFor();
  const now = await device(next);
  if (now.name !== "Ada's desk" || now.line !== '101') throw new Error(`the new phone is ${JSON.stringify(now)}`);
  boot('yealink-t46u', next);
  await registered();
  ok('another phone takes its place, and registers');

  await page.getByRole('button', { name: 'Retire' }).click();
  await dialog.getByRole('button', { name: 'Retire' }).click();
  await page.getByText(/is retired/).first().waitFor();
  if ((await device(next)).line) throw new Error('a retired phone has a line');
  await page.getByText('It is out of service.').waitFor();
  if (await page.getByRole('button', { name: 'Replace' }).count()) throw new Error('a retired phone may be replaced');
  ok('and is retired');
  await picture('retired');
});
