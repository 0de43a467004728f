import { describe, expect, it } from 'vitest';
import { pathOf, Problem, sortErrors } from '../src/api/problem';

describe('pathOf', () => {
  it.each([
    ['extensions[0].number', 'extensions.0.number'],
    ['body.document.sites[1].networks[2]', 'sites.1.networks.2'],
    ['body.new', 'new'],
    ['body', ''],
    ['', ''],
    ['bodyguard', 'bodyguard'],
  ])('%s -> %s', (location, path) => expect(pathOf(location)).toBe(path));
});

describe('sortErrors', () => {
  const has = (path: string) => ['name', 'networks'].includes(path);

  it('puts each error at its field or the nearest one above', () => {
    const p = new Problem(422, {
      detail: 'no',
      errors: [
        { location: 'body.networks[1]', message: 'bad' },
        { location: 'body.name', message: 'short' },
        { location: 'body.color', message: 'unknown' },
      ],
    });
    expect(sortErrors(p, has)).toEqual({ fields: { networks: 'bad', name: 'short' }, rest: ['body.color: unknown'] });
  });

  it('joins several errors of one field', () => {
    const p = new Problem(422, { errors: [{ location: 'name', message: 'a' }, { location: 'name', message: 'b' }] });
    expect(sortErrors(p, has).fields).toEqual({ name: 'a b' });
  });

  it('says the detail where no error has a place', () => {
    expect(sortErrors(new Problem(409, { title: 'Conflict', detail: 'in use' }), has)).toEqual({ fields: {}, rest: ['in use'] });
  });
});

describe('Problem', () => {
  it('survives bodies that are no problem documents', () => {
    for (const body of [undefined, null, 'text', 7, { errors: 'x' }, { errors: [null, { message: 1 }] }]) {
      expect(new Problem(500, body).errors).toEqual([]);
    }
    expect(new Problem(500, undefined).message).toBe('HTTP 500');
  });
});
