// Phones that wait: one appears while the page is open and is given its person by
// keyboard alone; one is dragged on; one whose signs contradict each other waits
// too; a scanner finds and adds.
import { request } from 'node:http';
import { api, base, boot, ok, tabTo, visit, walk } from './walk.mjs';

const first = '80:5e:c0:77:00:01';
const second = '00:04:13:77:00:02';
const mixed = '80:5e:c0:77:00:03';
const boxed = '80:5e:c0:77:00:04';

/** Asks for a file as a phone does that calls itself so. */
const asPhone = (path, agent) =>
  new Promise((done, failed) => {
    request(`${base}${path}`, { headers: { 'User-Agent': agent } }, (answer) => answer.resume().on('end', done)).on('error', failed).end();
  });

walk('onboard', async (page, picture) => {
  const row = (mac) => page.locator(`[data-mac="${mac}"]`);
  const device = async (mac) => (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === mac);
  const until = async (what, is) => {
    for (let i = 0; i < 150; i++) {
      if (await is()) return ok(what);
      await page.waitForTimeout(100);
    }
    throw new Error(`never: ${what}`);
  };

  await visit(page, '/phones/waiting');
  await page.getByText('No phone waits.').waitFor();
  await page.evaluate(() => {
    window.sameDocument = true;
  });
  boot('yealink-t54w', first);
  await row(first).waitFor();
  if (!(await page.evaluate(() => window.sameDocument))) throw new Error('the page was loaded again');
  ok('the phone appears on the open page');
  await page.getByText('Recognition: certain').waitFor();
  await page.locator('[data-step=lobby]').waitFor();
  await picture('waiting');

  await page.locator('h1').focus();
  await tabTo(page, new RegExp(`Extension of .*${first}`));
  await page.keyboard.type('104');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await row(first).waitFor({ state: 'detached' });
  await until('by keyboard alone it is 104’s, and registers', async () => {
    const d = await device(first);
    return d.line === '104' && d.registered && d.step === 'token';
  });

  boot('snom-d785', second);
  await row(second).waitFor();
  await page.locator('[draggable=true]', { hasText: '105' }).dragTo(page.locator('li', { has: row(second) }));
  await row(second).waitFor({ state: 'detached' });
  await until('a person dragged on a phone has it', async () => (await device(second)).line === '105');

  await asPhone('/p/805ec0770003.cfg', 'Mozilla/4.0 (compatible; snomD785-SIP 10.1.184.15)');
  await row(mixed).waitFor();
  await page.locator('h1').focus();
  await tabTo(page, 'Its signs do not agree');
  await page.getByRole('tooltip').waitFor();
  ok('a phone whose signs contradict each other waits too, and says which');
  await picture('conflict');

  const scan = page.getByLabel('Scan or type a MAC address');
  await scan.focus();
  await page.keyboard.type('MAC: 805EC0770004');
  await page.keyboard.press('Enter');
  await page.getByText(`${boxed} was added.`).waitFor();
  await page.keyboard.type('nonsense');
  await page.keyboard.press('Enter');
  await page.getByText('“nonsense” holds no MAC address.').waitFor();
  await page.keyboard.type(mixed.replaceAll(':', ''));
  await page.keyboard.press('Enter');
  await page.getByText(`${mixed}: choose the extension, then press Enter.`).waitFor();
  await page.keyboard.press('Enter');
  await row(mixed).waitFor({ state: 'detached' });
  await until('after a scanned phone the cursor is back in the field', () => scan.evaluate((e) => e === document.activeElement));
  await until('a scanned phone is announced or approved', async () => (await device(boxed)).step === 'approved' && (await device(mixed)).step === 'approved');
  await picture('scanned');
});
