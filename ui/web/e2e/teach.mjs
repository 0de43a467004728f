// A phone that nobody has heard of: seen, taught by keyboard, asked again, listed
// with its rules, and forgotten.
import { request } from 'node:http';
import { api, base, ok, tabTo, visit, walk } from './walk.mjs';

const mac = '02:aa:bb:00:00:01';
const TEMPLATE = 'url = {{.provision.url}}\nid = {{.phone.id}}\n{{range .lines}}{{if .used}}user = {{.user}}\nsecret = {{.secret}}\n{{end}}{{end}}';

const asks = () =>
  new Promise((done, failed) => {
    request(`${base}/p/acme-02AABB000001.cfg`, { headers: { 'User-Agent': 'AcmeVoice X1 1.0.2 02aabb000001' } }, (answer) => answer.resume().on('end', () => done(answer.statusCode))).on('error', failed).end();
  });

walk('teach', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const closed = () => dialog.waitFor({ state: 'detached' });
  await visit(page, '/phones/waiting');
  await page.getByText('Everybody who asked was recognised.').waitFor();
  if ((await asks()) !== 404) throw new Error('a stranger is served');
  await page.getByRole('row', { name: new RegExp(mac) }).waitFor();
  ok('who is not recognised appears on the open page');
  await picture('stranger');

  await page.locator('h1').focus();
  await tabTo(page, `Teach ${mac}`);
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Lines').waitFor();
  await dialog.getByLabel('Template of its own').focus();
  await page.keyboard.insertText(`${TEMPLATE}{{`);
  await tabTo(page, 'Try');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').first().waitFor();
  ok('a template that cannot be says where');
  await picture('refused');
  await dialog.getByLabel('Template of its own').fill(TEMPLATE);
  await dialog.getByRole('combobox', { name: 'Format of the template' }).click();
  await page.getByRole('option', { name: 'keyvalue' }).click();
  await dialog.getByLabel('Lines').fill('1');
  await dialog.getByRole('button', { name: 'Try' }).press('Enter');
  await dialog.getByText(/the phone’s own settings/).waitFor();
  await dialog.getByText(/^User-Agent: .*AcmeVoice/).waitFor();
  await picture('tried');
  await dialog.getByRole('button', { name: 'Teach', exact: true }).press('Enter');
  await closed();
  if ((await asks()) !== 200) throw new Error('taught, it is not served');
  await page.locator(`[data-mac="${mac}"]`).waitFor();
  ok('taught, it is served, and waits for approval');

  await page.getByRole('link', { name: 'Templates', exact: true }).click();
  await page.getByRole('link', { name: 'Taught models' }).press('Enter');
  const row = page.getByRole('row', { name: /AcmeVoice/ });
  await row.getByText(/\(\?i\)\^AcmeVoice/).waitFor();
  await row.getByText('acme-{MAC}.cfg').waitFor();
  await picture('taught');
  const forget = async () => {
    await row.getByRole('button', { name: /^Forget/ }).press('Enter');
    await dialog.getByRole('button', { name: 'Forget' }).press('Enter');
    await closed();
  };
  await forget();
  await page.getByText(/give them another model first/).waitFor();
  const { id } = (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === mac);
  await api(page, 'DELETE', `/devices/${id}`);
  await forget();
  await page.getByText('No model was taught yet.').waitFor();
  if ((await asks()) !== 404) throw new Error('forgotten, it is served');
  ok('its rules are listed; it is forgotten when no phone is of it any more');
});
