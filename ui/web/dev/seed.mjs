// What the make-believe appliance begins with.

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

export function seed(bare) {
  const site = { id: 's0', name: 'London' };
  const home = (number, name) => [{ line: 1, extension: number, name, kind: 'home', vacated: false }];
  const none = [{ line: 1, extension: '', name: '', kind: '', vacated: false }];
  const reg = (ip, ua) => ({ source: `${ip}:5060`, transport: 'udp', user_agent: ua, since: ago(7200), expires: ago(-1800) });
  const base = { revision: 1, name: '', site, conflict: false, disabled: false, line: '', lines: [''], resync: '', sure: 'certain', registered: false };
  const devices = [
    { ...base, id: 'd1', mac: '80:5e:c0:12:34:56', vendor: 'Yealink', model: 'yealink-t46u', model_label: 'Yealink T46U', firmware: '108.86.0.90', name: 'Ada’s desk', phone_id: '482913', step: 'token', seen_at: ago(86400), equipment: 'Desk phone with headset', drift: 'firmware', drift_text: 'It runs 108.86.0.90; 108.86.0.99 is meant for it.', line: '101', lines: ['101'], sitting: home('101', 'Ada Lovelace'), registered: true, registration: reg('192.168.10.21', 'Yealink SIP-T46U 108.86.0.90'), last_step: { at: ago(7205), door: 'https', file: '/p/~***/805ec0123456.cfg', status: 200, rule: '' }, resync: 'applied' },
    { ...base, id: 'd2', mac: '00:04:13:aa:bb:01', vendor: 'Snom', model: 'snom-d785', model_label: 'Snom D785', firmware: '10.1.184.15', name: 'Grace’s desk', phone_id: '117364', step: 'token', seen_at: ago(86000), line: '102', lines: ['102'], sitting: [{ line: 1, extension: '102', name: 'Grace Hopper', kind: 'home', vacated: true }], registered: true, registration: reg('192.168.10.22', 'snomD785/10.1.184.15'), last_step: { at: ago(9000), door: 'http', file: '/p/~***/snomD785-000413AABB01.xml', status: 200, rule: '' } },
    { ...base, id: 'd3', mac: 'c0:74:ad:00:11:22', vendor: 'Grandstream', model: 'grandstream-grp2614', model_label: 'Grandstream GRP2614', firmware: '1.0.13.24', name: 'Hot desk 1', phone_id: '900155', step: 'token', seen_at: ago(80000), sitting: [{ line: 1, extension: '102', name: 'Grace Hopper', kind: 'login', vacated: false, seat: 'x' }], registered: true, registration: reg('192.168.10.23', 'Grandstream GRP2614 1.0.13.24'), last_step: { at: ago(600), door: 'http', file: '/p/~***/cfgc074ad001122.xml', status: 200, rule: '' } },
    { ...base, id: 'd4', mac: '64:16:7f:10:20:30', vendor: 'Poly', model: 'poly-vvx450', model_label: 'Poly VVX 450', firmware: '6.4.6.2494', phone_id: '730418', step: 'lobby', seen_at: ago(40), sitting: none, registered: true, registration: reg('192.168.10.31', 'PolyVVX-VVX_450-UA/6.4.6.2494'), last_step: { at: ago(38), door: 'http', file: '/p/~***/64167f102030-phone.cfg', status: 200, rule: '' }, sure: 'certain' },
    { ...base, id: 'd5', mac: '00:15:65:0a:0b:0c', vendor: 'Yealink', model: '', model_label: '', firmware: '', phone_id: '206347', step: 'seen', clues: [{ clue: 'agent', says: 'Snom' }, { clue: 'mac', says: 'Yealink' }], seen_at: ago(20), sitting: none, conflict: true, sure: 'guess', last_step: { at: ago(12), door: 'tftp', file: '/001565000a0b0c.cfg', status: 404, rule: 'asked without its token; another phone has shown the token of this MAC' } },
    { ...base, id: 'd6', mac: '00:0b:82:77:66:55', vendor: 'Grandstream', model: 'grandstream-grp2616', model_label: 'Grandstream GRP2616', firmware: '', name: 'Spare', phone_id: '618822', step: 'approved', seen_at: null, sitting: none, sure: '', disabled: true },
  ];
  const step = (s, door, file, status, bytes, took_ms, rule = '') => ({ at: ago(s), door, file, status, bytes, took_ms, source: '192.168.10.31', vendor: 'Poly', model: 'poly-vvx450', firmware: '6.4.6.2494', sure: 'certain', rule });
  const journal = {
    d4: [
      step(44, 'pnp', 'SUBSCRIBE ua-profile', 200, 412, 0.4),
      step(43, 'http', '/p/000000000000.cfg', 200, 1208, 0.9),
      step(42, 'http', '/p/64167f102030.cfg', 404, 0, 0.2, 'a token is asked for; the phone has one but did not show it'),
      step(40, 'http', '/p/~***/64167f102030.cfg', 200, 986, 0.7),
      step(38, 'http', '/p/~***/64167f102030-phone.cfg', 200, 18412, 2.6),
    ],
  };
  journal.d1 = journal.d4.map((s) => ({ ...s, tls: 'TLS 1.2', suite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' }));
  const extension = (i, number, name, user, sitting = []) => ({ id: `e${i}`, revision: 1, number, name, site, user, pin: 'default', hot_desk: true, do_not_disturb: false, sitting });
  const extensions = [
    extension(1, '101', 'Ada Lovelace', { id: 'u1', name: 'ada@acme.example' }, [{ device: 'd1', phone_id: '482913', name: 'Ada’s desk', line: 1 }]),
    extension(2, '102', 'Grace Hopper', { id: 'u2', name: 'grace@acme.example' }, [{ device: 'd3', phone_id: '900155', name: 'Hot desk 1', line: 1 }]),
    extension(3, '103', 'Front Desk', null),
  ];
  const users = [
    { id: 'u1', revision: 1, email: 'ada@acme.example', first_name: 'Ada', last_name: 'Lovelace', role: 'owner', portal: true },
    { id: 'u2', revision: 1, email: 'grace@acme.example', first_name: 'Grace', last_name: 'Hopper', role: 'operator', portal: true },
    { id: 'u3', revision: 1, email: 'desk@acme.example', first_name: 'Front', last_name: 'Desk', role: 'user', portal: true },
  ];
  const sites = [
    { id: 's0', revision: 1, name: 'London', timezone: 'Europe/London', main_number: '+442071838750', networks: ['127.0.0.0/8', '192.168.10.0/24'], adoption: 'lobby', tftp: 'full', advertise: '', emergency: ['112', '999'], emergency_route: '103' },
  ];
  const sound = (mos, loss) => ({ codec: 'G722', encryption: 'SDES AEAD_AES_128_GCM', packets: 250, lost: Math.round(250 * loss), late: 0, loss, jitter_ms: 2.4, round_trip_ms: 18, mos, phone_mos: 0, silent: false });
  const leg = (mos, worst, silent) => ({ codec: 'PCMA', encryption: '', received: 14800, sent: 14790, lost: 12, late: 3, jitter_ms: 1.9, round_trip_ms: 22, mos, worst_mos: worst, worst_loss: 0.06, worst_jitter_ms: 9.1, silent, dropped: 0, phone: { codec: 'PCMA', mos: 4.1, loss: 0.001, discard: 0, jitter_ms: 2, round_trip_ms: 21 } });
  const calls = [
    { id: 'c1', from: { number: '101', name: 'Ada Lovelace' }, to: { number: '102', name: 'Grace Hopper' }, state: 'answered', since: ago(84), codec: 'G722', heard: [sound(4.4, 0), sound(3.2, 0.031)] },
    { id: 'c2', from: { number: '103', name: 'Front Desk' }, to: { number: '104', name: '' }, state: 'ringing', since: ago(4), codec: '' },
  ];
  const callrecords = [
    { id: 'r1', from: '101', from_name: 'Ada Lovelace', to: '102', started: ago(4000), answered: ago(3996), ended: ago(3700), status: 200, ended_by: 'caller', reason: '', legs: [leg(4.3, 2.9, false), leg(4.4, 4.3, true)] },
    { id: 'r2', from: '102', from_name: 'Grace Hopper', to: '103', started: ago(9000), answered: null, ended: ago(8970), status: 480, ended_by: 'system', reason: 'nobody answered within 30 seconds' },
  ];
  const templates = [
    { id: 'grandstream-grp2614', vendor: 'grandstream', label: 'Grandstream GRP2614' },
    { id: 'poly-vvx450', vendor: 'poly', label: 'Poly VVX 450' },
    { id: 'snom-d785', vendor: 'snom', label: 'Snom D785' },
    { id: 'yealink-t46u', vendor: 'yealink', label: 'Yealink T46U' },
  ];
  const organization = { id: 'o1', name: 'Acme Ltd', domain: 'acme.example' };
  return {
    organization, users, sites, extensions, templates, journal,
    devices: bare ? [] : devices,
    calls: bare ? [] : calls,
    callrecords: bare ? [] : callrecords,
  };
}
