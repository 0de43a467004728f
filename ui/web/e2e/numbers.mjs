// A thousand numbers: found while one types, their actions by pointer, keyboard and
// touch, and the page of one number.
import { api, ok, tabTo, visit, walk } from './walk.mjs';

walk(
  'numbers',
  async (page, picture) => {
    const row = (number) => page.getByRole('row', { name: new RegExp(number.replace('+', '\\+')) });
    const all = async (path) => (await api(page, 'GET', `${path}?limit=500`)).items;
    const smith = '+442080000500';
    await visit(page, '/telephony');
    await page.locator('tbody tr').nth(100).waitFor();
    const took = await page.getByLabel('Search').evaluate(
      (field) =>
        new Promise((done) => {
          const begun = performance.now();
          const look = () => (document.querySelectorAll('tbody tr').length === 1 ? done(performance.now() - begun) : requestAnimationFrame(look));
          const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
          set.call(field, 'smi');
          field.dispatchEvent(new Event('input', { bubbles: true }));
          look();
        }),
    );
    await row(smith).waitFor();
    console.log(`1,000 rows are searched in ${took.toFixed(1)} ms`);
    if (took > 100) throw new Error(`it took ${took} ms`);
    ok('found among a thousand while one types');

    const options = page.getByRole('button', { name: `Actions: ${smith}` });
    const open = page.getByRole('menuitem', { name: 'Phone number details' });
    const closed = () => open.waitFor({ state: 'detached' });
    await row(smith).hover();
    await options.click();
    await open.waitFor();
    await page.keyboard.press('Escape');
    await closed();
    await page.getByLabel('Search').focus();
    await tabTo(page, `Actions: ${smith}`);
    if (!(await options.evaluate((e) => e.matches(':focus-visible') && getComputedStyle(e).visibility === 'visible' && getComputedStyle(e).opacity === '1'))) throw new Error('what has the focus is not seen');
    await page.keyboard.press('Enter');
    await open.waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await closed();
    await options.tap();
    await open.waitFor();
    await open.tap();
    await page.getByRole('dialog').getByText(smith, { exact: true }).first().waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'OK' }).tap();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    ok('its actions by pointer, keyboard and touch');

    const user = await api(page, 'POST', '/users', { email: 'grace@acme.example', first_name: 'Grace', last_name: 'Hopper', role: 'user' });
    const one = async () => (await all('/numbers')).concat((await api(page, 'GET', '/numbers?limit=500')).items).find((n) => n.number === '+442080000001');
    const link = (name) => row('+442080000001').getByRole('link', { name, exact: true });
    await api(page, 'PATCH', `/numbers/${(await one()).id}`, { user: user.id });
    await page.getByLabel('Search').fill('2080000001');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await link('Grace Hopper').waitFor();
    const to = await link('Grace Hopper').getAttribute('href');
    await api(page, 'PATCH', `/numbers/${(await one()).id}`, { display: ['Front', 'Desk'] });
    await page.getByRole('button', { name: 'Refresh' }).click();
    await link('Front Desk').waitFor();
    if ((await link('Front Desk').getAttribute('href')) !== to) throw new Error('the label leads elsewhere');
    await picture('label');
    await link('Front Desk').click();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    await page.getByText('grace@acme.example').first().waitFor();
    ok('the link to a user bears the label, and leads to the user');

    await api(page, 'PATCH', `/numbers/${(await one()).id}`, { extension: '102' });
    await visit(page, `/telephony/${(await one()).id}`);
    const fact = async (name) => (await page.locator('dl dt', { hasText: name }).locator('xpath=following-sibling::dd[1]').innerText()).trim();
    const said = [await fact('Phone number'), await fact('Extension'), await fact('Default PIN')];
    if (said.join() !== '+442080000001,102,In force') throw new Error(`the page of a number says ${said.join()}`);
    await picture('features');
    ok('a number’s page says number, extension and default PIN');
  },
  { hasTouch: true },
);
