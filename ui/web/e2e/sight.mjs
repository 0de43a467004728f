// Who is registered, live, and how it came and went; what a phone and a call say,
// as a ladder, in full, and as a capture file.
import { readFileSync } from 'node:fs';
import { api, boot, call, off, ok, tabTo, visit, walk } from './walk.mjs';

const ada = '80:5e:c0:12:34:56';
const grace = '00:04:13:aa:bb:01';

walk('sight', async (page, picture) => {
  const row = (mac) => page.getByRole('row', { name: new RegExp(mac) });
  const device = async (mac) => (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === mac);

  await visit(page, '/registrations');
  await page.getByText('No phone is registered.').waitFor();
  boot('yealink-t46u', ada);
  boot('snom-d785', grace);
  for (const [mac, number, agent] of [[ada, '101', 'Yealink SIP-T46U'], [grace, '102', 'snom']]) {
    await row(mac).getByText(number, { exact: true }).waitFor();
    await row(mac).getByText(agent).first().waitFor();
    await row(mac).getByText(/UDP|TCP|TLS/).waitFor();
    await row(mac).getByText(/^\d+:\d\d$/).waitFor();
  }
  await page.getByText('2 registrations').waitFor();
  ok('who registers appears on the open page, with its address, transport and expiry');
  // Its first answer to us measures the way there and back.
  await api(page, 'POST', `/devices/${(await device(ada)).id}/resync`, {});
  await row(ada).getByText(/^[\d.]+ ms$/).waitFor();
  await picture('registrations');

  const { id } = await device(grace);
  off(grace);
  await row(grace).waitFor({ state: 'detached' });
  await visit(page, `/phones/${id}?tab=registrations`);
  await page.getByRole('listitem').filter({ hasText: 'Signed off, or run out' }).first().waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Registered' }).first().waitFor();
  await picture('history');
  ok('who leaves goes from the page, and the history of the phone tells of it');

  const { id: own } = await device(ada);
  await visit(page, `/phones/${own}?tab=registrations`);
  await page.locator('h1').focus();
  await tabTo(page, /^Trace /);
  await page.keyboard.press('Enter');
  await page.getByText('Nobody has said anything yet.').waitFor();
  await api(page, 'POST', `/devices/${own}/resync`, {});
  await page.locator('pre').filter({ hasText: 'NOTIFY' }).first().waitFor();
  const notify = page.locator('details', { hasText: 'NOTIFY sip:' }).first();
  await notify.locator('summary').press('Enter');
  await notify.locator('pre').filter({ hasText: /Event: / }).waitFor();
  await picture('trace');
  await page.getByRole('button', { name: 'End it' }).press('Enter');
  await page.locator('[data-trace=ended]').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Capture file' }).press('Enter');
  const magic = readFileSync(await (await download).path()).subarray(0, 4).toString('hex');
  if (!['d4c3b2a1', '4d3cb2a1', 'a1b2c3d4', 'a1b23c4d', '0a0d0d0a'].includes(magic)) throw new Error(`no capture file: ${magic}`);
  ok('a phone is traced: ladder, messages in full, capture file');

  boot('snom-d785', grace);
  await visit(page, '/calls');
  call(ada, grace, '102');
  const up = page.getByRole('row', { name: /101.*102.*Talking/ });
  await up.waitFor();
  await up.getByRole('button', { name: /^Trace / }).press('Enter');
  await page.getByRole('heading', { level: 1, name: /call from 101 to 102/i }).waitFor();
  await page.locator('pre').filter({ hasText: 'BYE' }).first().waitFor({ timeout: 20_000 });
  ok('a call is traced to its end');
  await page.getByRole('button', { name: 'Forget it' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Traces' }).waitFor();
  await page.getByRole('row', { name: /Ada's desk/ }).waitFor();
  if (await page.getByRole('row', { name: /call from/ }).count()) throw new Error('a forgotten trace is listed');
});
