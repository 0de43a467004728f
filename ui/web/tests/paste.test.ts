import { describe, expect, it } from 'vitest';
import { mergeRows, nextNumber, parsePaste } from '../src/pages/setup/paste';

describe('parsePaste', () => {
  it.each([
    ['101 Ada Lovelace', '101', 'Ada Lovelace'],
    ['  101\tAda Lovelace  ', '101', 'Ada Lovelace'],
    ['101,Ada Lovelace', '101', 'Ada Lovelace'],
    ['101;"Lovelace, Ada"', '101', 'Lovelace, Ada'],
    ['"101","Ada ""Countess"" Lovelace"', '101', 'Ada "Countess" Lovelace'],
    ['101 - Ada', '101', 'Ada'],
    ['101', '101', ''],
    ['007 Zoë 3rd', '007', 'Zoë 3rd'],
  ])('%j', (line, number, name) => expect(parsePaste(line)).toEqual({ rows: [{ number, name }], errors: [] }));

  it('takes every kind of line end, passes over a heading and empty lines', () => {
    const { rows, errors } = parsePaste('Number;Name\r\n101;Ada\r\n\r\n102;Grace\n');
    expect(rows.map((r) => r.number)).toEqual(['101', '102']);
    expect(errors).toEqual([]);
  });

  it('names lines that cannot be read, and numbers that come twice', () => {
    expect(parsePaste('101 Ada\nGrace Hopper\n101 Again\n1234567890123 Long\n12a x').errors).toEqual([
      { line: 2, kind: 'bad', text: 'Grace Hopper' },
      { line: 3, kind: 'twice', number: '101' },
      { line: 4, kind: 'bad', text: '1234567890123 Long' },
      { line: 5, kind: 'bad', text: '12a x' },
    ]);
  });
});

describe('mergeRows', () => {
  it('drops blank rows, renames, appends', () => {
    const rows = [{ number: '', name: ' ' }, { number: '101', name: 'Old' }, { number: '103', name: 'Kept' }];
    expect(mergeRows(rows, [{ number: '101', name: 'New' }, { number: '103', name: '' }, { number: '102', name: 'Grace' }])).toEqual([
      { number: '101', name: 'New' },
      { number: '103', name: 'Kept' },
      { number: '102', name: 'Grace' },
    ]);
  });
});

describe('nextNumber', () => {
  it.each([
    [[], ''],
    [['101', '', '99'], '102'],
    [['009'], '010'],
    [['x'], ''],
  ])('%j -> %s', (numbers, next) => expect(nextNumber(numbers.map((number) => ({ number, name: '' })))).toBe(next));
});
