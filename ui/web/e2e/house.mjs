// The house: vendors' authorities and old TLS, lines for five DHCP servers, the
// bell, and keys drawn with the mouse.
import { readFileSync } from 'node:fs';
import { api, base, choose, ok, visit, walk } from './walk.mjs';

/** Made for this walk; valid from 2020 to 2050. */
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAaMRgwFgYDVQQDEw9XYWxrIEZh
Y3RvcnkgQ0EwIBcNMjAwMTAxMDAwMDAwWhgPMjA1MDAxMDEwMDAwMDBaMBoxGDAW
BgNVBAMTD1dhbGsgRmFjdG9yeSBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA
BOhJVJ1ie59ODSJqCfGOuCAR1D0Hl1tPMZ41qwfJPCAEDOuoUWzEftVfnXP3wzMf
Q7P8u9nb1oYtocgVicMMtH6jQjBAMA4GA1UdDwEB/wQEAwICBDAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBQz5w+JxVN1g3rK4xL5hiYOd60L2jAKBggqhkjOPQQD
AgNIADBFAiEA4KwzdmNUKLl+6JT02lHirfvI+uby5+Cv+PIEzbbDhccCIBBrLjij
swGH2fuL9oaoToKy4imVpzXIhVa8V4o3VsSU
-----END CERTIFICATE-----`;

walk('house', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const closed = () => dialog.waitFor({ state: 'detached' });
  await visit(page, '/security');
  await page.getByText('No phone has used old TLS since the appliance started.').waitFor();
  await page.getByRole('heading', { name: 'Phones that get everything over TFTP' }).waitFor();
  await page.getByRole('button', { name: 'Add an authority' }).click();
  await choose(page, dialog.getByRole('combobox', { name: 'Vendor' }), 'Snom');
  await dialog.getByLabel('Certificates (PEM)').fill('nonsense');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Certificates (PEM)').fill(AUTHORITY);
  await dialog.getByRole('button', { name: 'Add' }).click();
  await closed();
  await page.getByText('Walk Factory CA').waitFor();
  ok('an authority is added, and nonsense refused');
  await picture('security');

  await visit(page, '/templates/algo-8301');
  await page.getByText(/folder certs\/trusted/).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download our authority' }).click();
  const ours = readFileSync(await (await download).path(), 'utf8');
  if (!ours.startsWith('-----BEGIN CERTIFICATE-----') || ours.includes('KEY')) throw new Error(`our authority is ${ours}`);
  await visit(page, '/templates/yealink-t46u');
  await page.getByText('By its settings').first().waitFor();
  await page.getByText(/network\.\*, static\.network\.\*/).waitFor();
  ok('a model says how it gets our authority, which may be downloaded, and what makes it restart');

  const [site] = (await api(page, 'GET', '/sites')).items.filter((s) => s.name === 'London');
  await visit(page, `/sites/${site.id}`);
  for (const [server, words] of [['dnsmasq', /dhcp-option/], ['kea', /option-data/], ['isc', /option /], ['routeros', /\/ip dhcp-server/], ['windows', /Dhcp/]]) {
    await page.getByLabel('Your DHCP server').selectOption(server);
    await page.locator('pre, code').filter({ hasText: words }).first().waitFor();
  }
  ok('lines for five DHCP servers');
  await picture('dhcp');

  for (let i = 0; i < 40; i++) await fetch(`${base}/p/~wrong${i}/805ec0123456.cfg`, { headers: { 'User-Agent': 'Yealink SIP-T46U 108.86.0.90' } });
  await page.getByRole('link', { name: /^Alarms, \d+ new/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Alarms' }).waitFor();
  await page.getByRole('region', { name: 'Alarms' }).or(page.getByRole('list', { name: 'Alarms' })).first().waitFor();
  await picture('alarms');
  ok('wrong tokens ring the bell');

  const layout = await api(page, 'POST', '/layouts', { name: 'Drawn' });
  await visit(page, `/layouts/${layout.id}?model=yealink-t46u`);
  const place = (n) => page.locator(`[data-module="0"] [data-key="${n}"]`);
  await page.locator('[draggable=true]', { hasText: 'Do not disturb' }).dragTo(place(4));
  await dialog.getByRole('button', { name: 'Done' }).click();
  await closed();
  await page.locator('[data-key="4"][data-type=dnd]').waitFor();
  await place(4).dragTo(place(16));
  await page.locator('[data-key="16"][data-type=dnd]').waitFor();
  await picture('drawn');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved.').waitFor();
  const [kept] = (await api(page, 'GET', `/layouts/${layout.id}`)).keys;
  if (kept.position !== 16 || kept.type !== 'dnd') throw new Error(`kept was ${JSON.stringify(kept)}`);
  ok('a key is dragged from the palette, and from place to place');
});
