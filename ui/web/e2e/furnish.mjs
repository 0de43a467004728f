// Records that make the pages worth a picture: made by the API, through the
// logged-in page, once. What is there already is left as it is.
export async function furnish(page) {
  return page.evaluate(async () => {
    const ask = async (method, path, body) => {
      const answer = await fetch(`/api/v1${path}`, { method, headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    };
    const all = async (path) => (await ask('GET', `${path}?limit=500`)).items ?? [];
    const first = async (path, is, body) => (await all(path)).find(is) ?? ask('POST', path, body);

    const keys = [
      { position: 2, type: 'blf', value: '102' },
      { position: 3, type: 'speed', value: '112', label: 'Emergency' },
      { position: 4, type: 'speed', value: '104', label: 'Front desk' },
      { position: 5, type: 'dnd' },
      { position: 6, type: 'blf', rule: 'everyone' },
    ];
    const layout = await first('/layouts', (l) => l.name === 'Reception', { name: 'Reception', keys });
    await first('/profiles', (p) => p.name === 'Front desk', { name: 'Front desk', layout: layout.id });
    await first('/contacts', (c) => c.last === 'Babbage', { first: 'Charles', last: 'Babbage', company: 'Difference Engines', numbers: [{ kind: 'office', number: '+442071838750' }] });
    const [scope, model, file] = [{ kind: 'organization' }, 'yealink-t46u', 'habits.tmpl'];
    const template = await first('/custom-templates', (c) => c.name === 'Habits of ours', { scope, model, file, name: 'Habits of ours' });
    if (template.latest === 0) {
      const { text } = await ask('GET', `/templates/${model}/files/${file}`);
      await ask('POST', `/custom-templates/${template.id}/versions`, { text: `phone_setting.backlight_time = 60\n${text}`, comment: 'The screen goes dark after a minute', tests: [] });
    }
    const devices = await all('/devices');
    const site = (await all('/sites')).find((s) => s.name === 'London') ?? (await all('/sites'))[0];
    for (const [i, d] of devices.filter((one) => one.site?.id === site.id).entries()) await ask('PATCH', `/devices/${d.id}`, { room: i % 3 ? 'Engine room' : 'Reception' });
    const number = (e164, more) => first('/numbers', (n) => n.number === e164, { number: e164, site: site.id, status: 'active', ...more });
    await number('+442071838704', { extension: '104' });
    const own = await number('+442071838701', { extension: '101', display: ['Countess', 'Lovelace'] });
    await number('+442071838702', { extension: '102' });
    await number('+442071838709', { status: 'reserved' });
    if (!site.main_number) await ask('PATCH', `/sites/${site.id}`, { main_number: '+442071838704' });
    const [trace = await ask('POST', '/traces', { device: devices.find((d) => d.registered && d.model === model).id })] = await ask('GET', '/traces').then((t) => t.items);
    const id = async (path, is) => (await all(path)).find(is)?.id;
    return {
      phone: devices.find((d) => d.model === model)?.id,
      waiting: devices.find((d) => d.step === 'lobby' || d.step === 'seen')?.id,
      extension: await id('/extensions', (e) => e.number === '101'),
      site: (await all('/sites'))[0]?.id,
      london: site.id,
      number: own.id,
      user: await id('/users', () => true),
      trace: trace.id,
      layout: layout.id,
      template: template.id,
      model,
    };
  });
}
