import { describe, expect, it } from 'vitest';
import type { Call, Device } from '../src/api/types';
import { empty, reduce, type LiveEvent } from '../src/live/state';

const device = (id: string, name = '') => ({ id, name }) as Device;
const call = (id: string) => ({ id }) as Call;
const listed = (...devices: Device[]): LiveEvent => ({ type: 'listed', devices, calls: [], at: 1 });
const news = (d: Device, at = 5): LiveEvent => ({ type: 'device', device: d, at });
const loaded = reduce(empty, [{ type: 'listing' }, listed(device('a'))]);

describe('reduce', () => {
  it('loads the list without calling anything new', () => {
    expect([...loaded.devices.keys()]).toEqual(['a']);
    expect(loaded.loaded).toBe(true);
    expect(loaded.fresh.size).toBe(0);
  });

  it('marks a phone that arrives, not one that changes', () => {
    const after = reduce(loaded, [news(device('b')), news(device('a', 'renamed'))]);
    expect([...after.fresh.keys()]).toEqual(['b']);
    expect(after.devices.get('a')?.name).toBe('renamed');
  });

  it('plays what came while the list was read on top of it', () => {
    const after = reduce(empty, [{ type: 'listing' }, news(device('b')), news(device('a', 'newer')), listed(device('a', 'older'))]);
    expect(after.devices.get('a')?.name).toBe('newer');
    expect([...after.fresh.keys()]).toEqual(['b']);
  });

  it('forgets a phone that went while the list was read', () => {
    const after = reduce(empty, [{ type: 'listing' }, { type: 'device_removed', id: 'a' }, listed(device('a'))]);
    expect(after.devices.size).toBe(0);
  });

  it('marks what arrived while the line was cut, and drops what went', () => {
    const after = reduce(loaded, [{ type: 'link', link: 'lost' }, { type: 'listing' }, listed(device('c'))]);
    expect([...after.devices.keys()]).toEqual(['c']);
    expect([...after.fresh.keys()]).toEqual(['c']);
  });

  it('goes on showing changes while the list is read again', () => {
    const after = reduce(loaded, [{ type: 'listing' }, news(device('a', 'now'))]);
    expect(after.devices.get('a')?.name).toBe('now');
  });

  it('removes', () => {
    const after = reduce(reduce(loaded, [news(device('b'))]), [{ type: 'device_removed', id: 'b' }]);
    expect(after.devices.has('b')).toBe(false);
    expect(after.fresh.has('b')).toBe(false);
  });

  it('follows calls', () => {
    const up = reduce(loaded, [{ type: 'call', call: call('x') }, { type: 'call', call: call('y') }]);
    expect([...reduce(up, [{ type: 'call_ended', id: 'x' }]).calls.keys()]).toEqual(['y']);
  });

  it('leaves the state before untouched', () => {
    reduce(loaded, [news(device('b')), { type: 'device_removed', id: 'a' }]);
    expect([...loaded.devices.keys()]).toEqual(['a']);
  });
});
