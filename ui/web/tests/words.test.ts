import { describe, expect, it } from 'vitest';
import type { Device } from '../src/api/types';
import { changesOf } from '../src/parts/changes';
import { ago, said, span } from '../src/parts/time';
import { addressesOf, filterOf, kindOf, modelOf, nameOf, outcomeOf, pick } from '../src/pages/phones/words';
import { isDomain, isNetwork, macOf, suggestDomain } from '../src/text/checks';
import { strengthOf } from '../src/text/password';

const phone = (id: string, more: Partial<Device> = {}): Device =>
  ({ id, mac: id, vendor: '', model: '', model_label: '', firmware: '', name: '', phone_id: '', step: 'token', conflict: false, disabled: false, registered: false, seen_at: null, lines: null, sitting: null, ...more }) as Device;

describe('pick', () => {
  const phones = [
    phone('80:5e:c0:12:34:56', { seen_at: '2026-01-01T00:00:00Z', registered: true, vendor: 'Yealink', model_label: 'Yealink T46U' }),
    phone('00:04:13:aa:bb:01', { seen_at: '2026-01-03T00:00:00Z', sitting: [{ line: 1, extension: '102', name: 'Grace Hopper', kind: 'home', vacated: false }] }),
    phone('64:16:7f:10:20:30', { seen_at: '2026-01-02T00:00:00Z', step: 'lobby', conflict: true }),
    phone('00:0b:82:00:00:01', { step: 'seen', disabled: true }),
  ];
  const found = (query: string, filter = 'all') => pick(phones, query, filterOf(filter)).map((d) => d.mac);

  it('shows those that wait first, then the newest', () =>
    expect(found('')).toEqual(['64:16:7f:10:20:30', '00:04:13:aa:bb:01', '80:5e:c0:12:34:56', '00:0b:82:00:00:01']));
  it.each([
    ['805ec0', '80:5e:c0:12:34:56'],
    ['80-5E', '80:5e:c0:12:34:56'],
    ['t46u yealink', '80:5e:c0:12:34:56'],
    ['102 grace', '00:04:13:aa:bb:01'],
  ])('finds %s', (query, mac) => expect(found(query)).toEqual([mac]));
  it('filters by state', () => {
    expect(found('', 'waiting')).toEqual(['64:16:7f:10:20:30']);
    expect(found('', 'registered')).toEqual(['80:5e:c0:12:34:56']);
    expect(found('', 'conflict')).toEqual(['64:16:7f:10:20:30']);
    expect(found('', 'unregistered')).toHaveLength(3);
    expect(filterOf('nonsense')).toBe('all');
  });
  it('names a model once', () => {
    expect(modelOf(phone('a', { vendor: 'yealink', model_label: 'Yealink T46U' }))).toBe('Yealink T46U');
    expect(modelOf(phone('a', { vendor: 'Snom', model_label: 'D785' }))).toBe('Snom D785');
    expect(modelOf(phone('a', { vendor: 'Poly' }))).toBe('Poly');
    expect(kindOf(phone('a', { vendor: 'Poly' }), 'Unknown model')).toBe('Poly, unknown model');
    expect(nameOf(phone('a'), 'Unknown model')).toBe('Unknown model');
  });
});

describe('checks', () => {
  it.each(['10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::1/128', 'fe80::/10'])('%s is a network', (n) => expect(isNetwork(n)).toBe(true));
  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '256.0.0.0/8', '01.0.0.0/8', '2001:db8::/129', ':::/8', 'x/8', '10.0.0.0/8/8', '10.0.0.0/-1'])('%s is none', (n) =>
    expect(isNetwork(n)).toBe(false),
  );
  it('reads MACs in any spelling', () => {
    for (const m of ['805EC0123456', '80:5e:c0:12:34:56', '80-5E-C0-12-34-56', '805e.c012.3456']) expect(macOf(m)).toBe('80:5e:c0:12:34:56');
    for (const m of ['', '805ec012345', '805ec01234567', 'g05ec0123456']) expect(macOf(m)).toBe('');
  });
  it('suggests a domain that is one', () => {
    expect(suggestDomain('Acme & Sons, Ltd.')).toBe('acme-sons-ltd.internal');
    for (const name of ['Acme Ltd', 'x'.repeat(200), '---a---']) expect(isDomain(suggestDomain(name))).toBe(true);
    expect(suggestDomain('!!!')).toBe('');
  });
});

describe('words', () => {
  it('rates passwords', () => {
    expect(strengthOf('')).toBe('none');
    expect(strengthOf('short')).toBe('weak');
    expect(strengthOf('aaaaaaaaaaaaaaaaaaaa')).toBe('weak');
    expect(strengthOf('password12345678')).toBe('weak');
    expect(strengthOf('correct horse battery staple')).toBe('strong');
  });
  it('tells times', () => {
    expect(ago(0, 59_000, 'en')).toContain('59');
    expect(ago(0, 3_600_000, 'en')).toContain('1 hr');
    expect(ago(10_000, 0, 'en')).toBe('now');
    expect(span(65)).toBe('1:05');
    expect(span(3725)).toBe('1:02:05');
    expect(said('0001-01-01T00:00:00Z')).toBe(false);
    expect(said('2026-01-01T00:00:00Z')).toBe(true);
  });
  it('sends only what changed, and no blanks of a new record', () => {
    expect(changesOf({ a: 'x', b: ['1'], c: '' }, { a: 'x', b: [], c: 'y' }, false)).toEqual({ b: ['1'], c: '' });
    expect(changesOf({ a: 'x', b: '', c: false }, { a: '', b: '', c: false }, true)).toEqual({ a: 'x', c: false });
  });
});

describe('what a phone is told', () => {
  const http = { protocol: 'http:', host: 'pbx:8080', hostname: 'pbx' };
  const https = { protocol: 'https:', host: 'pbx:8443', hostname: 'pbx' };
  it('is the plain address, though the page came over TLS', () => {
    expect(addressesOf(https, { http: 8080, https: 8443, tftp: 6969 })).toEqual({ http: 'http://pbx:8080/p/', tftp: 'tftp://pbx:6969/' });
    expect(addressesOf(https, { http: 80, https: 8443, tftp: 69 })).toEqual({ http: 'http://pbx/p/', tftp: 'pbx' });
  });
  it('is where the browser came from, if that is plain', () =>
    expect(addressesOf({ ...http, host: 'pbx:18080' }, { http: 8080, https: 0, tftp: 0 })).toEqual({ http: 'http://pbx:18080/p/', tftp: '' }));
  it('is TLS where no plain door is open', () => expect(addressesOf(https, { http: 0, https: 8443, tftp: 0 }).http).toBe('https://pbx:8443/p/'));
  it('is guessed where nothing is told', () => expect(addressesOf(https)).toEqual({ http: 'http://pbx/p/', tftp: 'pbx' }));
});

describe('outcomeOf', () => {
  it.each([
    [200, 'its own token', 'served'],
    [304, '', 'served'],
    [404, 'there is no such file, and the phone need not have it', 'absent'],
    [404, 'a stranger', 'refused'],
    [503, 'the lobby is full', 'refused'],
  ] as const)('%d %s', (status, rule, outcome) => expect(outcomeOf({ status, rule })).toBe(outcome));
});
