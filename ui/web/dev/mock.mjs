// A make-believe appliance for work on the pages: enough of the API, all in
// memory, and the built pages. Not shipped.
//   node dev/mock.mjs [port]         MOCK_SETUP=1: the wizard has not been done
//   POST /dev/arrive {mac, ...}      a phone arrives
//   POST /dev/change {mac, ...}      something about it changes
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onboarding } from './onboarding.mjs';
import { seed } from './seed.mjs';

const port = Number(process.argv[2] ?? process.env.PORT ?? 18099);
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const TOKEN = 'mock-token';
const PASSWORD = 'correct horse battery staple';
let needed = process.env.MOCK_SETUP === '1';
const data = seed(process.env.MOCK_EMPTY === '1' || needed);
const sessions = new Map();
const streams = new Set();
let revision = 1;

const READS = ['organizations', 'sites', 'users', 'extensions', 'numbers', 'devices', 'seats', 'codes', 'calls', 'callrecords', 'audit', 'templates'].map((r) => `${r}.read`);
const RIGHTS = {
  user: ['session.own'],
  operator: ['session.own', ...READS, 'devices.approve', 'devices.resync', 'seats.write'],
};
RIGHTS.admin = [...RIGHTS.operator, 'sites.write', 'users.write', 'extensions.write', 'devices.write'];
RIGHTS.owner = [...RIGHTS.admin, 'organizations.write', 'owners.write'];

const sessionOf = (user) => ({
  user: { id: user.id, email: user.email, first_name: user.first_name, last_name: user.last_name, role: user.role },
  organization: data.organization,
  permissions: RIGHTS[user.role],
});

function tell(name, body) {
  revision++;
  for (const s of streams) s.write(`event: ${name}\nid: ${revision}\ndata: ${JSON.stringify(body)}\n\n`);
}

class Refusal extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    Object.assign(this, { status, errors });
  }
}

const wrong = (location, message) => new Refusal(422, message, [{ location, message }]);

function logIn(res, user) {
  const id = crypto.randomUUID();
  sessions.set(id, user.id);
  res.setHeader('Set-Cookie', `cradle_session=${id}; HttpOnly; SameSite=Lax; Path=/`);
}

async function api(req, res, url, body) {
  const path = url.pathname.replace('/api/v1', '');
  const call = `${req.method} ${path}`;
  if (call === 'GET /setup') return { needed, suggested: { networks: ['127.0.0.0/8', '192.168.10.0/24'], timezone: 'Europe/London' } };
  if (call === 'POST /setup') return setup(res, body);
  if (needed) throw new Refusal(503, 'not set up');
  if (call === 'POST /session') {
    const user = data.users.find((u) => u.email === body.email);
    if (!user || body.password !== (user.password ?? PASSWORD)) throw new Refusal(401, 'wrong');
    logIn(res, user);
    res.statusCode = 201;
    return sessionOf(user);
  }
  const cookie = /cradle_session=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1];
  const user = data.users.find((u) => u.id === sessions.get(cookie));
  if (!user) throw new Refusal(401, 'not logged in');
  if (call === 'GET /session') return sessionOf(user);
  if (call === 'DELETE /session') {
    sessions.delete(cookie);
    return undefined;
  }
  if (call === 'POST /session/password') {
    if (body.current !== (user.password ?? PASSWORD)) throw wrong('body.current', 'the current password is wrong');
    user.password = body.new;
    return undefined;
  }
  if (call === 'GET /stream') return stream(req, res);
  const said = onboarding(data, req.method, path, url.searchParams, body);
  if (said) {
    if (said.tell) tell(...said.tell);
    return said.body;
  }
  return records(req, url, path, body, user);
}

function setup(res, body) {
  if (!needed) throw new Refusal(409, 'done already');
  if (body.token !== TOKEN) throw new Refusal(403, 'wrong token');
  const d = body.document;
  const errors = [];
  if (d.organization.domain === 'taken.example') errors.push({ location: 'body.document.organization.domain', message: 'this domain is taken' });
  d.extensions.forEach((e, i) => {
    if (e.number === '112') errors.push({ location: `body.document.extensions[${i}].number`, message: 'this is an emergency number' });
  });
  if (errors.length) throw new Refusal(422, 'the document cannot be applied', errors);
  needed = false;
  data.organization = { id: 'o1', name: d.organization.name, domain: d.organization.domain };
  const user = { id: 'u1', revision: 1, email: d.administrator.email, first_name: '', last_name: '', role: 'owner', portal: true, password: d.administrator.password };
  data.users = [user];
  data.sites = d.sites.map((s, i) => ({ id: `s${i}`, revision: 1, tftp: 'bootstrap', main_number: '', advertise: '', ...s }));
  data.extensions = d.extensions.map((e, i) => ({ id: `e${i}`, revision: 1, hot_desk: true, do_not_disturb: false, ...e, site: { id: 's0', name: e.site } }));
  logIn(res, user);
  res.statusCode = 201;
  return { token: 'x' };
}

function stream(req, res) {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  res.write(`event: hello\nid: ${revision}\ndata: {"revision":${revision}}\n\n`);
  streams.add(res);
  req.on('close', () => streams.delete(res));
  return res;
}

function records(req, url, path, body, user) {
  const [, kind, id, action] = path.split('/');
  const list = data[kind];
  if (!list) throw new Refusal(404, 'no such address');
  const right = req.method === 'GET' ? `${kind}.read` : action === 'approve' || action === 'resync' ? `devices.${action}` : `${kind}.write`;
  if (!RIGHTS[user.role].includes(right)) throw new Refusal(403, `not allowed (${right})`);
  if (req.method === 'GET' && !id) return { items: list, next: '' };
  if (req.method === 'POST' && !id) {
    if (kind === 'extensions' && list.some((e) => e.number === body.number)) throw wrong('body.number', 'this number is taken');
    const one = { id: crypto.randomUUID(), revision: 1, ...refs(body), ...(kind === 'devices' ? { ...blank(), ...refs(body), step: 'approved' } : {}) };
    list.push(one);
    if (kind === 'devices') tell('device', one);
    return one;
  }
  const one = list.find((r) => r.id === id);
  if (!one) throw new Refusal(404, 'not found');
  if (action === 'journal') return { items: data.journal[id] ?? [], next: '' };
  if (req.method === 'DELETE') {
    list.splice(list.indexOf(one), 1);
    if (kind === 'devices') tell('device_removed', { id });
    return undefined;
  }
  if (action === 'approve') Object.assign(one, { step: 'approved', line: body.line ?? '', conflict: false, sitting: sits(body.line) });
  else if (action === 'rearm') Object.assign(one, { phone_id: '551203', step: 'approved' });
  else if (action === 'resync') Object.assign(one, { resync: 'pending' });
  else if (req.method === 'PATCH') Object.assign(one, refs(body), { revision: one.revision + 1 });
  if (kind === 'devices') tell('device', one);
  return one;
}

function refs(body) {
  const site = data.sites.find((s) => s.id === body?.site);
  const user = data.users.find((u) => u.id === body?.user);
  return { ...body, ...(site && { site: { id: site.id, name: site.name } }), ...(user && { user: { id: user.id, name: user.email } }) };
}

function sits(line) {
  const e = data.extensions.find((x) => x.number === line);
  return e ? [{ line: 1, extension: e.number, name: e.name, kind: 'home', vacated: false }] : [{ line: 1, extension: '', name: '', kind: '', vacated: false }];
}

const blank = () => ({
  id: crypto.randomUUID(), revision: 1, mac: '', vendor: '', model: '', model_label: '', firmware: '', name: '', phone_id: '', site: null,
  step: 'lobby', conflict: false, disabled: false, seen_at: new Date().toISOString(), line: '', lines: [''], sitting: [], registered: false, sure: '', resync: '',
});

function dev(path, body) {
  let one = data.devices.find((d) => d.mac === body.mac);
  if (!one) data.devices.push((one = blank()));
  Object.assign(one, body);
  tell('device', one);
  return one;
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

async function page(res, url) {
  const name = normalize(url.pathname).slice(1);
  const file = extname(name) ? name : 'index.html';
  try {
    // As the appliance does: a fresh nonce for the style elements of the page.
    const nonce = crypto.randomUUID();
    let text = await readFile(join(dist, file));
    if (file === 'index.html') text = String(text).replace('<head>', `<head><meta name="csp-nonce" content="${nonce}">`);
    res.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY.replace('NONCE', nonce) });
    res.end(text);
  } catch {
    res.writeHead(404).end();
  }
}

createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x');
  try {
    let text = '';
    for await (const chunk of req) text += chunk;
    const body = text ? JSON.parse(text) : {};
    if (url.pathname.startsWith('/dev/')) {
      res.end(JSON.stringify(dev(url.pathname, body)));
      return;
    }
    if (!url.pathname.startsWith('/api/')) {
      await page(res, url);
      return;
    }
    const said = await api(req, res, url, body);
    if (said === res) return;
    if (said === undefined) res.writeHead(204).end();
    else res.setHeader('Content-Type', 'application/json').end(JSON.stringify(said));
  } catch (e) {
    if (!(e instanceof Refusal)) console.error(e);
    res.writeHead(e.status ?? 500, { 'Content-Type': 'application/problem+json' });
    res.end(JSON.stringify({ type: 'about:blank', title: 'Refused', status: e.status ?? 500, detail: e.message, errors: e.errors }));
  }
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`));
