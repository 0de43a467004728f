import { describe, expect, it } from 'vitest';
import { isFree } from '../src/api/onboarding';
import type { Device, Extension } from '../src/api/types';
import { isNew } from '../src/pages/alarms/seen';
import { suggest } from '../src/pages/extensions/suggest';
import { freeFor } from '../src/pages/inventory/Provision';
import { parseDiff, pickSettings } from '../src/pages/phones/one/explained';
import { lineBy } from '../src/pages/phones/one/FileLines';
import { meant, scannedMac, withoutPhone } from '../src/pages/phones/words';

const device = (more: Partial<Device>): Device =>
  ({ id: 'd', mac: '', step: 'approved', disabled: false, line: '', lines: [''], sitting: [], site: { id: 's', name: 'London' }, remote_login: true, ...more }) as Device;
const extension = (number: string, site = 's'): Extension => ({ id: `e${number}`, number, name: '', site: { id: site, name: '' } }) as Extension;

describe('scannedMac', () => {
  it.each([
    ['805ec0123456', '80:5e:c0:12:34:56'],
    ['MAC:805EC0123456', '80:5e:c0:12:34:56'],
    ['SN 1234567 MAC 80-5E-C0-12-34-56 rev 2', '80:5e:c0:12:34:56'],
    ['805e.c012.3456', '80:5e:c0:12:34:56'],
    ['805EC0123456 80:5e:c0:12:34:56', '80:5e:c0:12:34:56'],
    ['805EC0123456 805EC0123457', ''],
    ['8805EC0123456', ''],
    ['nothing here', ''],
    ['', ''],
  ])('%s', (text, mac) => expect(scannedMac(text)).toBe(mac));
});

describe('free phones', () => {
  it('are approved, nobody’s, and may be logged in at', () => {
    expect(isFree(device({}))).toBe(true);
    expect(isFree(device({ step: 'lobby' }))).toBe(false);
    expect(isFree(device({ line: '101' }))).toBe(false);
    expect(isFree(device({ disabled: true }))).toBe(false);
    expect(isFree(device({ remote_login: false }))).toBe(false);
    expect(isFree(device({ sitting: [{ line: 1, extension: '102', name: '', kind: 'login', vacated: false }] }))).toBe(false);
  });
  it('are those of the extension’s site, and the manual ones are counted', () => {
    const all = [device({ id: 'a' }), device({ id: 'b', site: { id: 'other', name: '' } }), device({ id: 'c', remote_login: false }), device({ id: 'd', remote_login: false, line: '9' })];
    const { free, manual } = freeFor(extension('101'), all);
    expect(free.map((d) => d.id)).toEqual(['a']);
    expect(manual).toBe(1);
  });
  it('are suggested once each, and what was chosen stays', () => {
    const free = [device({ id: 'a' }), device({ id: 'b' }), device({ id: 'c', site: { id: 'other', name: '' } })];
    expect(suggest([extension('1'), extension('2'), extension('3')], free, { e2: 'a' })).toEqual({ e1: 'b', e2: 'a' });
  });
  it('leave extensions without one', () => expect(withoutPhone([extension('1'), extension('2')], [device({ lines: ['2'] })]).map((e) => e.number)).toEqual(['1']));
});

describe('explained', () => {
  const one = { name: 'sip.keepalive', value: '30', layer: 'site', of: 'London', doc: 'Seconds' };
  it('finds every word, and keeps to a layer', () => {
    expect(pickSettings([one], 'london keep', '')).toHaveLength(1);
    expect(pickSettings([one], 'london gone', '')).toHaveLength(0);
    expect(pickSettings([one], '', 'model')).toHaveLength(0);
  });
  it('parts a difference into its lines', () =>
    expect(parseDiff('--- a\n+++ b\n@@ -1 +1 @@\n same\n-old\n+++new\n\\ No newline\n')).toEqual([
      { kind: 'place', text: '@@ -1 +1 @@' },
      { kind: 'same', text: 'same' },
      { kind: 'remove', text: 'old' },
      { kind: 'add', text: '++new' },
    ]));
  it('walks the lines within their bounds', () => {
    expect(lineBy('ArrowDown', 2, 3)).toBe(2);
    expect(lineBy('ArrowUp', 0, 3)).toBe(0);
    expect(lineBy('End', 0, 30)).toBe(29);
    expect(lineBy('PageDown', 0, 30)).toBe(20);
    expect(lineBy('a', 0, 3)).toBeUndefined();
  });
});

describe('meant', () => {
  const choices = [{ value: '101', label: '101 Ada' }, { value: '105', label: '105' }];
  it.each([
    ['', null, ''],
    ['', '101', ''],
    ['101 Ada', '101', '101'],
    ['105', null, '105'],
    ['105', '101', '105'],
    ['10', null, undefined],
    ['nobody', '101', undefined],
  ])('%s with %s', (text, chosen, number) => expect(meant(text, chosen, choices)).toBe(number));
});

it('knows which alarms are new', () => {
  const alarm = { at: '2026-01-02T00:00:00Z', kind: '', text: '', count: 1 };
  expect(isNew(alarm, '')).toBe(true);
  expect(isNew(alarm, '2026-01-01T23:00:00+00:00')).toBe(true);
  expect(isNew(alarm, alarm.at)).toBe(false);
});
