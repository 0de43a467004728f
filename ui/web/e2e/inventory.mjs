// The inventory and newly added extensions: a device added once and refused
// twice, an extension assigned, the notice with its two links, all new
// extensions provisioned at once, and nothing free.
import { api, boot, choose, ok, visit, walk } from './walk.mjs';

const mac = '80:5e:c0:66:00:01';

walk('inventory', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const row = (m) => page.locator('tr', { has: page.locator(`[data-device="${m}"]`) });
  const device = async (m) => (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === m);
  const preferences = async () => {
    await page.getByRole('button', { name: 'SIP Preferences' }).click();
    return dialog.getByLabel('Local SIP server IP');
  };
  const add = async (m) => {
    await page.getByRole('button', { name: 'Add a SIP device' }).first().click();
    await dialog.getByLabel('MAC address').fill(m);
    await choose(page, dialog.getByRole('combobox', { name: 'Model' }), 'Yealink SIP-T46U');
    await dialog.getByRole('combobox', { name: 'Site' }).click();
    await page.getByRole('option', { name: 'London' }).click();
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  };

  await visit(page, '/devices');
  for (const heading of ['MAC address', 'Model', 'Firmware', 'Assigned extension', 'Status']) await page.getByRole('columnheader', { name: heading }).waitFor();
  await add(mac);
  await dialog.waitFor({ state: 'detached' });
  await row(mac).getByText('Not met yet').waitFor();
  await add('80-5E-C0-12-34-56');
  await dialog.getByText(/Ada's desk/).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  ok('a device is added, and one that is there is refused by its name');

  boot('yealink-t46u', mac);
  await row(mac).getByText('Registered').waitFor();
  await row(mac).getByText('108.86').waitFor();
  await row(mac).getByRole('button', { name: /^Assign an extension/ }).click();
  await choose(page, dialog.getByRole('combobox', { name: 'Assigned extension' }), '104');
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await row(mac).getByText('104').waitFor();
  if ((await device(mac)).line !== '104') throw new Error('104 is not its home');
  ok('an extension is assigned, on the page without a reload');
  await picture('devices');

  await visit(page, '/extensions');
  await page.getByRole('button', { name: 'Add an extension' }).click();
  await dialog.getByLabel('Number').fill('120');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('John Smith');
  await dialog.getByRole('combobox', { name: 'Site' }).click();
  await page.getByRole('option', { name: 'London' }).click();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Extension John Smith (120) has been successfully added.').waitFor();
  await page.getByText('Click here if you want to provision this extension now. If you want to provision every newly added extension, click here.').waitFor();
  await picture('added');
  await page.getByRole('link', { name: 'Click here', exact: true }).click();
  await page.getByRole('heading', { name: 'Provision extension John Smith (120)' }).waitFor();
  const ids = page.getByRole('combobox', { name: 'Phone ID' });
  await ids.click();
  const hot = await device('64:16:7f:00:00:01');
  const leeds = await device('80:5e:c0:99:88:77');
  await page.getByRole('option', { name: new RegExp(hot.phone_id) }).waitFor();
  if (await page.getByRole('option', { name: new RegExp(leeds.phone_id) }).count()) throw new Error('a phone of another site is offered');
  await page.keyboard.press('Escape');
  ok('the first link opens the devices with the extension chosen, and offers its site’s phones only');

  await page.goBack();
  await page.getByRole('link', { name: 'click here', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: '120 John Smith' }).waitFor();
  const server = await preferences();
  await server.fill('10.0.0.300');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('This is neither an IP address nor a host name.').waitFor();
  await server.fill('10.9.8.7');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  if ((await (await preferences()).inputValue()) !== '10.9.8.7') throw new Error('the local server is not kept');
  await dialog.getByText(/this extension is not available there/).waitFor();
  await dialog.getByLabel('Allow virtualization on this extension').press('Space');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  ok('a local SIP server is kept, and one that is no IP is refused beside its field');
  await page.getByRole('button', { name: 'Suggest free phones' }).click();
  await picture('provision');
  await page.getByRole('button', { name: 'Provision 1 extension' }).click();
  await page.getByText('1 extension is provisioned.').first().waitFor();
  if ((await device('64:16:7f:00:00:01')).line !== '120') throw new Error('the free phone is not 120’s');
  ok('the second opens the extension’s page: SIP preferences, and all new ones provisioned at once');
  const names = async (m) => (await api(page, 'GET', `/devices/${(await device(m)).id}/files?name=${m.replaceAll(':', '')}-settings.cfg`)).lines.some((l) => l.text.includes('10.9.8.7'));
  if (!(await names('64:16:7f:00:00:01'))) throw new Error('the phone’s file does not name the local server');
  ok('the settings of its phone name the local server');

  const [organization] = (await api(page, 'GET', '/organizations')).items;
  await api(page, 'PATCH', `/organizations/${organization.id}`, { operator_contact: 'sales@operator.example' });
  await visit(page, '/devices?extension=105');
  await row('64:16:7f:00:00:01').getByText('Shared', { exact: true }).waitFor();
  if (await row(mac).getByText('Shared', { exact: true }).count()) throw new Error('a phone that is not shared is marked');
  ok('the phone of an extension that allows virtualization is marked as shared');
  await page.getByText('No phone is free at London. Add one, or ask for more: sales@operator.example.').waitFor();
  ok('where nothing is free it is said whom to ask');
  await page.getByRole('link', { name: mac }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByLabel('Equipment').fill('Headset on the left hook');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Headset on the left hook').first().waitFor();
  await visit(page, '/devices');
  await row(mac).getByText('Headset on the left hook').waitFor();
  ok('equipment is described, and shown in the list');
});
