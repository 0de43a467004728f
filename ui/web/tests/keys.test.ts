import { describe, expect, it } from 'vitest';
import type { Key } from '../src/api/keys';
import type { PhoneModel } from '../src/api/templates';
import { beside, beyond, keyAt, move, put, sizeOf, unplaced } from '../src/pages/keys/board';

const at = (position: number, module = 0) => ({ module, position });
const keys: Key[] = [{ position: 1, type: 'line' }, { position: 3, type: 'blf', value: '102' }, { module: 1, position: 1, type: 'dnd' }, { type: 'speed', value: '9' }];

describe('keys on a phone', () => {
  it('change places, also with a module', () => {
    const moved = move(keys, at(3), at(1, 1));
    expect(keyAt(moved, at(1, 1))?.type).toBe('blf');
    expect(keyAt(moved, at(3))?.type).toBe('dnd');
    expect(moved).toHaveLength(4);
  });
  it('move to a free place and leave theirs free', () => {
    const moved = move(keys, at(1), at(2));
    expect(keyAt(moved, at(1))).toBeUndefined();
    expect(keyAt(moved, at(2))?.type).toBe('line');
    expect(move(keys, at(7), at(2))).toBe(keys);
  });
  it('replace what was there', () => {
    expect(keyAt(put(keys, at(1), { type: 'hold' }), at(1))).toEqual({ type: 'hold', module: 0, position: 1 });
    expect(put(keys, at(1), undefined)).toHaveLength(3);
    expect(unplaced(put(keys, at(1), undefined))).toEqual([{ type: 'speed', value: '9' }]);
  });
  it('are as many as the model has; the others lie beyond', () => {
    const model = { keys: 4, module: { name: 'M', max: 2, keys: 20 } } as PhoneModel;
    expect(sizeOf(model, 0, keys)).toBe(4);
    expect(sizeOf(undefined, 0, [{ position: 19, type: 'dnd' }])).toBe(19);
    expect(beyond([{ position: 4, type: 'dnd' }, { position: 5, type: 'hold' }, { module: 1, position: 20, type: 'dnd' }], model)).toEqual([{ position: 5, type: 'hold' }]);
    expect(sizeOf(model, 1, keys)).toBe(20);
    expect(sizeOf(undefined, 0, [])).toBe(10);
  });
  it('are reached by the arrow keys in two columns', () => {
    expect(beside(1, 10, 'ArrowRight')).toBe(6);
    expect(beside(6, 10, 'ArrowRight')).toBe(6);
    expect(beside(1, 10, 'ArrowUp')).toBe(1);
    expect(beside(5, 9, 'ArrowDown')).toBe(6);
    expect(beside(3, 9, 'End')).toBe(9);
    expect(beside(3, 9, 'a')).toBe(3);
  });
});
