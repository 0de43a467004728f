// What goes wrong by itself is said: a phone that is not as it should be, and is
// mended; a roll-out whose phones do not come back, and stops.
import { api, boot, off, ok, tabTo, visit, walk } from './walk.mjs';

const ada = '80:5e:c0:12:34:56';
const other = '80:5e:c0:66:00:02';
const wrong = '80:5e:c0:66:00:03';

walk('drift', async (page, picture) => {
  const panel = page.getByRole('dialog');
  const device = async (mac) => (await api(page, 'GET', '/devices?limit=500')).items.find((d) => d.mac === mac);
  await visit(page, '/phones');
  const [site] = (await api(page, 'GET', '/sites')).items.filter((s) => s.name === 'London');
  await api(page, 'POST', '/devices', { mac: other, model: 'yealink-t46u', site: site.id, line: '104', name: 'Alan' });
  boot('yealink-t46u', ada);
  boot('yealink-t46u', other);
  const row = (name) => page.getByRole('row', { name: new RegExp(name) });
  for (const name of ['Ada', 'Alan']) await row(name).locator('[data-registered=true]').waitFor();

  // Entered as one model, and another one in the box.
  await api(page, 'POST', '/devices', { mac: wrong, model: 'yealink-t46u', site: site.id, line: '105', name: 'Katherine' });
  boot('yealink-t54w', wrong);
  await visit(page, '/phones?state=drift');
  await row('Katherine').getByText('Other model').waitFor();
  await picture('badge');
  ok('a phone that is not as it should be has a badge');
  await row('Katherine').getByRole('link').press('Enter');
  await panel.getByText('This phone is not as it should be').waitFor();
  await panel.getByText(/It is entered as a Yealink SIP-T46U, but calls itself a Yealink SIP-T54W/).waitFor();
  await tabTo(page, 'Take what it says');
  await page.keyboard.press('Enter');
  await panel.getByText('This phone is not as it should be').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByText('Nothing matches the filter.').waitFor();
  if ((await device(wrong)).model !== 'yealink-t54w') throw new Error('it is still entered as the wrong model');
  ok('and is mended by one press');

  const template = await api(page, 'POST', '/custom-templates', { scope: { kind: 'organization' }, model: 'yealink-t46u', file: 'habits.tmpl', name: 'Habits' });
  const { text } = await api(page, 'GET', '/templates/yealink-t46u/files/habits.tmpl');
  await api(page, 'POST', `/custom-templates/${template.id}/versions`, { text: `x.note = ours\n${text}`, comment: 'a note', tests: [] });
  await api(page, 'POST', '/rollouts', { kind: 'template', subject: template.id, target: '1', stages: [100], least: 90, soak: 6 });
  off(other);
  await visit(page, `/templates/yealink-t46u/${template.id}?panel=rollouts`);
  await page.locator('[data-rollout=stopped]').waitFor();
  await page.getByText(/1 of 2 are registered again with it; 90 percent must be/i).first().waitFor();
  await picture('stopped');
  if ((await api(page, 'GET', `/custom-templates/${template.id}`)).active !== 0) throw new Error('the template is in force');
  await page.getByRole('link', { name: /^Alarms, \d+ new/ }).click();
  await page.getByRole('row', { name: /A roll-out was stopped.*Roll-out stopped/ }).waitFor();
  ok('a roll-out stops by itself when registrations drop, takes the template back, and rings the bell');
});
