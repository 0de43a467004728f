// How a phone is connected, and how an extension speaks SIP: ping, private
// network, a phone that does not register, the addresses it may be used from.
import { api, ok, visit, walk } from './walk.mjs';

walk('connection', async (page, picture) => {
  const dialog = page.getByRole('dialog');
  const device = async (mac) => (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === mac);
  const ada = await device('80:5e:c0:12:34:56');
  const grace = await device('00:04:13:aa:bb:01');
  const open = async (d) => {
    await visit(page, `/phones/${d.id}`);
    await page.getByRole('button', { name: 'Connection' }).click();
    await dialog.getByLabel('Its address').waitFor();
  };
  const save = async () => {
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const said = async (d, want) => {
    const { sip } = await api(page, 'GET', `/devices/${d.id}`);
    for (const [name, value] of Object.entries(want)) {
      if (JSON.stringify(sip[name]) !== JSON.stringify(value)) throw new Error(`${name} is ${JSON.stringify(sip[name])}, not ${JSON.stringify(value)}`);
    }
  };

  await open(ada);
  const auth = dialog.getByLabel('Its calls');
  const calledBy = dialog.getByLabel('It is called by');
  for (const field of [auth, calledBy]) if (!(await field.isDisabled())) throw new Error('it can be chosen without an address');
  if ((await calledBy.inputValue()) !== 'udp') throw new Error('UDP is not the default');
  await dialog.getByLabel(/^Ping the phone/).fill('30');
  await dialog.getByLabel('It is on a private network (127.0.0.0/8)').press('Space');
  await dialog.getByLabel('Its address').fill('10.1.2.3:5062');
  await auth.selectOption('no');
  await calledBy.selectOption('tcp');
  if (!(await dialog.getByLabel('Transport').isDisabled())) throw new Error('a phone that does not register has two transports');
  await picture('connection');
  await save();
  await said(ada, { ping: 30, private_network: true, fixed_address: '10.1.2.3:5062', no_auth: true, transport: 'tcp' });
  ok('a phone that does not register: address, authentication and transport, which wait for the address');

  await open(grace);
  await dialog.getByLabel('Its address').fill('10.1.2.3');
  await auth.selectOption('no');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(/extension 101/).waitFor();
  await auth.selectOption('');
  await save();
  await said(grace, { fixed_address: '10.1.2.3' });
  ok('a second phone at the address has to authenticate; the extension of the first is named');

  await open(grace);
  await dialog.getByLabel('Its address').fill('');
  const add = dialog.getByRole('button', { name: 'Add an address' });
  for (const [n, address] of ['192.0.2.0/23', '192.0.2.7', '198.51.100.0/24'].entries()) {
    await add.click();
    await dialog.getByLabel(`Allowed address ${n + 1}`, { exact: true }).fill(address);
  }
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(/larger than \/24/).waitFor();
  await dialog.getByLabel('Remove address 1', { exact: true }).press('Enter');
  await picture('addresses');
  await save();
  await said(grace, { allow_from: ['192.0.2.7', '198.51.100.0/24'], fixed_address: undefined });
  ok('addresses it may be used from come and go in rows, up to /24');

  await open(ada);
  await dialog.getByLabel('Its address').fill('');
  await dialog.getByLabel('Transport').selectOption('tls');
  await save();
  await said(ada, { transport: 'tls', no_auth: undefined, ping: 30 });
  ok('TLS is a choice of a phone that registers');

  const leeds = (await api(page, 'GET', '/sites')).items.find((s) => s.name === 'Leeds');
  await api(page, 'PATCH', `/sites/${leeds.id}`, { networks: [] });
  await open(await device('80:5e:c0:99:88:77'));
  if (await dialog.getByText(/private network/).count()) throw new Error('a site without networks offers a private one');
  await page.keyboard.press('Escape');
  ok('a private network is offered only where the site has networks');

  const person = (await api(page, 'GET', '/extensions')).items.find((e) => e.number === '101');
  await visit(page, `/extensions/${person.id}`);
  await page.getByRole('button', { name: 'SIP Preferences' }).click();
  const warning = dialog.getByText('Calls with a phone that does not support the chosen encryption do not work.');
  await dialog.getByText(/SDES is meant for calls by mobile networks/).waitFor();
  if (await warning.count()) throw new Error('a warning without a choice');
  await dialog.getByLabel('Encryption of speech').selectOption('sdes');
  await warning.waitFor();
  await dialog.getByLabel('The phone publishes its own state').press('Space');
  await dialog.getByLabel('Force enable of MWI').press('Space');
  await dialog.getByRole('combobox', { name: 'Allowed codecs' }).press('ArrowDown');
  for (const codec of ['g722', 'pcma']) await page.getByRole('option', { name: codec, exact: true }).click();
  await page.keyboard.press('Escape');
  await picture('preferences');
  await save();
  const { sip } = await api(page, 'GET', `/extensions/${person.id}`);
  if (!sip.publishes_state || !sip.force_mwi || sip.media_encryption !== 'sdes' || sip.codecs.join() !== 'g722,pcma') throw new Error(JSON.stringify(sip));
  ok('an extension’s own state, forced MWI and codecs in their order, and the encryption warns');

  await page.getByRole('button', { name: 'Activation key' }).click();
  await dialog.getByRole('button', { name: 'Make a key' }).click();
  const key = await dialog.getByRole('status').getByText(/^\d{8}$/).first().textContent();
  await dialog.getByText('A key is good until').waitFor();
  await picture('activation');
  await dialog.getByRole('button', { name: 'Make a new one' }).click();
  await dialog.getByRole('status').getByText(key, { exact: true }).waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await dialog.getByRole('button', { name: 'Make a key' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Activation key' }).click();
  if (await dialog.getByText(/^\d{8}$/).count()) throw new Error('the key is shown again');
  ok('an activation key is made, shown once, replaced and taken back');
});
