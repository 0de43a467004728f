import { describe, expect, it } from 'vitest';
import { sizeText } from '../src/api/firmware';
import type { SettingSchema } from '../src/api/templates';
import { changesIn, grouped } from '../src/pages/settings/said';
import { scopeIn } from '../src/pages/settings/scopes';

const setting = (name: string, doc = '') => ({ name, doc }) as SettingSchema;
const all = [setting('language', 'of the screen'), setting('sip.transport', 'transport'), setting('sip.srtp', 'encryption'), setting('time.zone')];
const names = (query: string, only?: Record<string, string>) => grouped(all, query, only).map(([group, s]) => `${group}:${s.map((x) => x.name).join()}`);

describe('settings of a level', () => {
  it('are set, changed and taken back', () => {
    expect(changesIn({ a: '1', b: '2', c: '3' }, { a: '1', b: '4', d: '' })).toEqual([{ key: 'b', value: '4' }, { key: 'd', value: '' }, { key: 'c' }]);
    expect(changesIn({ a: '1' }, { a: '1' })).toEqual([]);
  });
  it('stand in groups, as far as they fit', () => {
    expect(names('')).toEqual(['language:language', 'sip:sip.transport,sip.srtp', 'time:time.zone']);
    expect(names('encryp')).toEqual(['sip:sip.srtp']);
    expect(names('sip', { 'sip.srtp': 'off' })).toEqual(['sip:sip.srtp']);
  });
  it('are the organization’s where the address names no level', () => {
    expect(scopeIn(null)).toBe('organization');
    expect(scopeIn('nonsense')).toBe('organization');
    expect(scopeIn('device')).toBe('device');
  });
});

describe('sizes', () => {
  it('are short', () => expect([sizeText(512), sizeText(12_300_000), sizeText(512 * 1024 * 1024), sizeText(2e12)]).toEqual(['0.5 kB', '12 MB', '537 MB', '2000 GB']));
});
