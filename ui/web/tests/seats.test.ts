import { describe, expect, it } from 'vitest';
import type { PhoneNumber } from '../src/api/numbers';
import { guestPlace } from '../src/api/seats';
import type { Device, Extension } from '../src/api/types';
import { rooms, stateOf, takes } from '../src/pages/floor/tiles';
import { handsetOf, handsets, inOrder, matches, rowOf, PENDING_FOR } from '../src/pages/telephony/rows';

const NOW = Date.parse('2026-11-29T20:00:00Z');
const device = (over: Partial<Device>): Device => ({
  id: 'd1', mac: '80:5e:c0:00:00:01', vendor: 'Yealink', model: 't46u', model_label: 'T46U', firmware: '', name: 'Hot desk', phone_id: '100001',
  step: 'token', conflict: false, disabled: false, line: '', lines: [''], sitting: [], registered: true, sure: 'certain', resync: '', remote_login: true, ...over,
});
const guest = { line: 1, extension: '101', name: 'Ada', kind: 'login' as const, vacated: false, seat: 's1' };
const home = { line: 1, extension: '102', name: 'Grace', kind: 'home' as const, vacated: false };
const number = (over: Partial<PhoneNumber>): PhoneNumber => ({ id: 'n1', revision: 1, number: '+4420', status: 'active', main: false, display: [], extension: '101', ...over });
const ada = { id: 'e1', revision: 1, number: '101', name: 'Ada', pin: 'default', hot_desk: true, do_not_disturb: false } as Extension;

describe('a tile', () => {
  it('says what is to be seen of a phone', () => {
    const cases: [Partial<Device>, string][] = [
      [{}, 'free'],
      [{ sitting: [guest] }, 'guest'],
      [{ sitting: [guest], registered: false }, 'guest'],
      [{ line: '102', sitting: [home] }, 'home'],
      [{ line: '102', sitting: [{ ...home, vacated: true }] }, 'away'],
      [{ registered: false }, 'off'],
      [{ step: 'lobby' }, 'waiting'],
      [{ remote_login: false }, 'manual'],
    ];
    for (const [over, want] of cases) expect([over, stateOf(device(over))]).toEqual([over, want]);
  });

  it('takes somebody only where the appliance would', () => {
    expect(takes(device({}))).toBe(true);
    for (const over of [{ sitting: [guest] }, { line: '102' }, { registered: false }, { remote_login: false }, { never_shared: true }, { personal: true }, { disabled: true }, { step: 'lobby' as const }]) expect([over, takes(device(over))]).toEqual([over, false]);
  });

  it('stands in its room, rooms by their numbers, those of none last', () => {
    const all = ['Room 10', '', 'Room 2'].map((room, i) => device({ id: String(i), room }));
    expect(rooms(all).map((r) => r.name)).toEqual(['Room 2', 'Room 10', '']);
  });
});

describe('a row of the Telephony list', () => {
  const row = (n: Partial<PhoneNumber>, d: Partial<Device> = {}, busy = false) => rowOf(number(n), [ada], [], [device(d)], busy, NOW);

  it('knows where its extension is a guest', () => {
    expect(guestPlace('101', [device({ sitting: [guest] })])?.seat).toBe('s1');
    expect(guestPlace('102', [device({ sitting: [home] })])).toBeUndefined();
  });

  it('has its actions only where it is in use, and not the main number', () => {
    expect(row({}).may).toBe(true);
    for (const n of [{ status: 'reserved' as const }, { status: 'pending' as const }, { main: true }]) expect([n, row(n).may]).toEqual([n, false]);
  });

  it('is pending while the handset is told, and not for ever', () => {
    const told = { sitting: [guest], resync: 'pending' as const, resync_at: new Date(NOW - 1000).toISOString() };
    expect(row({}, told).status).toBe('pending');
    expect(row({}, { ...told, resync_at: new Date(NOW - PENDING_FOR).toISOString() }).status).toBe('active');
    expect(row({}, {}, true).status).toBe('pending');
    expect(row({ status: 'reserved' }, told, true).status).toBe('reserved');
  });

  it('is logged in where it is a guest or at its own phone that is on, at its own site only', () => {
    const site = { id: 's1', name: 'London' };
    const at = (n: Partial<PhoneNumber>, d: Partial<Device>) => handsetOf(row({ site, ...n }, { site, registered: true, ...d }))?.id;
    expect(at({}, { sitting: [guest] })).toBe('d1');
    expect(at({}, { sitting: [{ ...home, extension: '101' }] })).toBe('d1');
    expect(at({}, { sitting: [{ ...home, extension: '101' }], registered: false })).toBeUndefined();
    expect(at({}, { sitting: [guest], site: { id: 's2', name: 'Leeds' } })).toBeUndefined();
    for (const n of [{ status: 'reserved' as const }, { main: true }]) expect(at(n, { sitting: [guest] })).toBeUndefined();
    expect(at({}, { sitting: [] })).toBeUndefined();
  });

  it('is found by number, label and user; the main number stands first', () => {
    const one = row({ number: '+44201', display: ['Countess', 'Lovelace'] });
    expect(matches(one, '4201')).toBe(true);
    expect(matches(one, 'love count')).toBe(true);
    expect(matches(one, 'ada')).toBe(false);
    expect(inOrder([row({ number: '+1' }), row({ number: '+2', main: true })]).map((r) => r.number.number)).toEqual(['+2', '+1']);
  });

  it('offers hot desks of its site, and counts those that are logged in at by hand', () => {
    const here = { site: { id: 's1', name: 'London' } };
    const all = [device({ ...here }), device({ id: 'd2', ...here, remote_login: false }), device({ id: 'd3', ...here, line: '102' }), device({ id: 'd4', site: { id: 's2', name: 'Leeds' } })];
    const found = handsets('s1', all);
    expect([found.list.map((d) => d.id), found.manual]).toEqual([['d1'], 1]);
  });
});
