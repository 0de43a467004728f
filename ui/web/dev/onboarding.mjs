// What the make-believe appliance says of phones that come and of why they are as they are.

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h3v3H0zM5 0h3v3H5zM0 5h3v3H0zM4 4h1v1H4zM6 6h2v1H6z"/></svg>';

const strangers = [
  { mac: '00:11:22:33:44:55', source: '192.168.10.61', user_agent: 'AcmeVoice X1/2.0 001122334455', files: ['/p/001122334455.cfg', '/p/acme.cfg'], first: ago(300), last: ago(9), count: 14, site: 'London' },
  { source: '192.168.10.77', user_agent: '', files: ['/p/boot.bin'], first: ago(3000), last: ago(2000), count: 1, site: 'London' },
];
const alarms = [
  { at: ago(60), first: ago(900), kind: 'token', text: 'A request with a wrong token for 80:5e:c0:12:34:56.', mac: '80:5e:c0:12:34:56', device: 'd1', site: { id: 's0', name: 'London' }, source: '192.168.10.200', count: 7 },
  { at: ago(9000), first: ago(9000), kind: 'certificate', text: 'A phone showed the certificate of another.', source: '192.168.10.201', count: 1 },
];
const settings = [
  { name: 'phone.language', value: 'en', layer: 'organization', of: 'Acme Ltd', doc: 'Language of the display.' },
  { name: 'phone.timezone', value: 'Europe/London', layer: 'site', of: 'London', doc: 'Time zone of the clock.' },
  { name: 'sip.keepalive', value: '30', layer: 'default', of: '', doc: 'Seconds between keep-alives; 0: off.' },
  { name: 'admin.password', value: '***', layer: 'device', of: '', doc: 'Password of the phone’s own web page.' },
];
const lines = [
  '#!version:1.0.0.1', 'account.1.enable = 1', 'account.1.label = 101', 'account.1.password = ***', 'lang.gui = English', 'local_time.time_zone_name = Europe/London',
].map((text, i) => ({ text, layers: i < 1 ? [] : i < 4 ? [{ layer: 'device', name: 'Ada’s desk' }] : i < 5 ? [{ layer: 'organization', name: 'Acme Ltd' }] : [{ layer: 'site', name: 'London' }, { layer: 'default', name: '' }] }));

const whynot = (refused) => ({
  at: ago(40),
  request: { door: 'http', file: '/p/~***/64167f102030.cfg', source: '192.168.10.31', user_agent: 'PolyVVX-VVX_450-UA/6.4.6.2494' },
  steps: [
    { rule: 'site network', ok: true, text: 'The phone asks from 192.168.10.31, which is in a network of its site London.' },
    { rule: 'trust', ok: !refused, text: refused ? 'It waits in the lobby: nobody has approved it.' : 'It stands on the step "token".' },
  ],
  verdict: refused ? 'It waits in the lobby: nobody has approved it.' : 'Every condition is met: the phone would be answered now.',
});

const taught = (body) => ({
  ...(body.dry_run ? {} : { id: 'm1' }),
  model: 'acmevoice-x1', label: body.label || 'AcmeVoice X1', vendor: body.vendor || 'AcmeVoice', new_vendor: true, folder: 'acmevoice/own-x1', lines: body.lines || 1, like: body.like || '', format: 'keyvalue',
  files: [{ name: '{mac}.cfg', kind: 'device' }, { name: 'acme.cfg', kind: 'absent' }], inherited: false,
  user_agent_rule: '(?i)^AcmeVoice (?P<model>[0-9A-Za-z][0-9A-Za-z_+.-]*)/(?P<version>\\d[0-9A-Za-z._-]*) (?P<mac>(?:[0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2})$', says: 'X1', mac_prefix: '001122', only_tftp: false, also: [], notes: [],
  problems: body.like || body.template ? [] : [{ field: 'like', line: 0, text: 'say which model its settings are like, or give a template of its own' }],
});

function imported(text, dry) {
  const rows = text.split('\n').map((line, i) => [line.trim(), i + 1]).filter(([line]) => line && !/^mac\b/i.test(line)).map(([line, row]) => {
    const [mac = '', model = '', name = ''] = line.split(/[;,\t]/);
    const good = /^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i.test(mac);
    return { row, mac, model, name, action: good ? 'create' : 'error', reason: good ? '' : `"${mac}" is no MAC address` };
  });
  const count = (action) => rows.filter((r) => r.action === action).length;
  return { rows, created: count('create'), updated: 0, skipped: 0, failed: count('error'), dry };
}

/** The answer to a request of these subjects; undefined: it is of another one. */
export function onboarding(data, method, path, query, body) {
  const [, kind, id, action] = path.split('/');
  const device = kind === 'devices' && data.devices.find((d) => d.id === id);
  switch (`${method} ${kind}${device ? `/${action ?? ''}` : id && kind !== 'sites' ? `/${id}` : action ? `/${action}` : ''}`) {
    case 'GET strangers': return { body: strangers };
    case 'GET alarms': return { body: { items: alarms } };
    case 'POST strangers/teach':
    case 'POST devices/teach': return { body: taught(body) };
    case 'POST devices/import': return { body: imported(body.text, body.dry_run) };
    case 'GET sites/dhcp': return { body: { text: `# ${query.get('server')}\ndhcp-option=66,"http://192.168.10.5/p/"\n`, note: 'Add these lines and restart the server.' } };
    case 'GET devices/whynot': return { body: whynot(device.step === 'lobby' || device.step === 'seen') };
    case 'GET devices/settings':
      return { body: {
        settings,
        files: [{ name: `${device.mac.replaceAll(':', '')}.cfg`, kind: 'own', content_type: 'text/plain' }],
        keys: [{ module: 0, position: 1, type: 'line', label: '101', value: '101', source: 'line' }, { module: 1, position: 3, type: 'blf', label: 'Grace', value: '102', source: 'rule' }],
        fit: [{ position: 41, text: 'this phone has no 41st key' }],
      } };
    case 'GET devices/files':
      return { body: { content_type: 'text/plain', lines, fetched: { at: ago(7205), status: 200, same: false }, diff: '--- fetched\n+++ now\n@@ -4,3 +4,3 @@\n account.1.password = ***\n-lang.gui = German\n+lang.gui = English\n local_time.time_zone_name = Europe/London\n' } };
    case 'POST devices/mend': Object.assign(device, { drift: '', drift_text: '' }); return { body: device, tell: ['device', device] };
    case 'POST devices/remote': return { body: { url: 'http://pbx.acme.example/p/~onetime/', svg: QR, until: ago(-86400) } };
    case 'POST devices/replace': Object.assign(device, { mac: body.mac, phone_id: '551204' }); return { body: device, tell: ['device', device] };
    case 'POST devices/retire': Object.assign(device, { disabled: true, registered: false }); return { body: device, tell: ['device', device] };
    default: return undefined;
  }
}
