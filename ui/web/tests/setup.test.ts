import { beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, freshDraft, hasField, keep, renameField, restore, stepOf, type Draft } from '../src/pages/setup/draft';
import { faultsOf } from '../src/pages/setup/schema';

const zones = ['Europe/London', 'America/New_York', 'UTC'];
const full = (): Draft => ({
  token: { token: ' secret ' },
  organization: { name: 'Acme', domain: 'Acme.Example', language: 'en' },
  administrator: { email: 'ada@acme.example', password: 'correct horse battery', confirm: 'correct horse battery' },
  site: { name: 'London', timezone: 'Europe/London', networks: ['127.0.0.0/8'], adoption: 'lobby', emergency: ['112'], emergency_route: '' },
  extensions: [{ number: '', name: '' }, { number: '101', name: 'Ada' }, { number: '', name: '' }, { number: '102', name: 'Grace' }],
});

describe('freshDraft', () => {
  it('takes what the appliance suggests', () => {
    const draft = freshDraft({ networks: ['10.0.0.0/8'], timezone: 'America/New_York' }, zones, 'abc', 'en');
    expect(draft.site).toMatchObject({ timezone: 'America/New_York', name: 'New York', networks: ['10.0.0.0/8'], emergency: ['911'] });
    expect(draft.token.token).toBe('abc');
  });
  it('lives with no suggestion', () => expect(freshDraft(undefined, zones, '', 'en').site.networks).toEqual([]));
});

describe('keeping', () => {
  beforeEach(() => sessionStorage.clear());

  it('gives everything back but passwords', () => {
    keep(full(), 4, sessionStorage);
    const { draft, reached } = restore(freshDraft(undefined, zones, '', 'en'), sessionStorage);
    expect(reached).toBe(4);
    expect(draft).toEqual({ ...full(), administrator: { email: 'ada@acme.example', password: '', confirm: '' } });
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('horse');
  });
  it('prefers the token of the address', () => {
    keep(full(), 1, sessionStorage);
    expect(restore(freshDraft(undefined, zones, 'newer', 'en'), sessionStorage).draft.token.token).toBe('newer');
  });
  it('begins anew where what is kept is damaged', () => {
    const fresh = freshDraft(undefined, zones, '', 'en');
    for (const text of ['{', 'null', '{}', '{"draft":{"extensions":3},"reached":"x"}', '{"draft":null}']) {
      sessionStorage.setItem('cradle-setup', text);
      expect(restore(fresh, sessionStorage)).toEqual({ draft: fresh, reached: 0 });
    }
  });
});

describe('bodyOf', () => {
  it('is the form that the appliance takes', () => {
    expect(bodyOf(full())).toEqual({
      token: 'secret',
      document: {
        organization: { name: 'Acme', domain: 'acme.example', language: 'en' },
        administrator: { email: 'ada@acme.example', password: 'correct horse battery' },
        sites: [
          { name: 'London', timezone: 'Europe/London', networks: ['127.0.0.0/8'], adoption: 'lobby', emergency: ['112'], emergency_route: '101' },
        ],
        extensions: [{ number: '101', name: 'Ada', site: 'London' }, { number: '102', name: 'Grace', site: 'London' }],
      },
    });
  });
  it('keeps the chosen way of emergency calls only while it exists', () => {
    const draft = full();
    draft.site.emergency_route = '102';
    expect(bodyOf(draft).document.sites[0]?.emergency_route).toBe('102');
    draft.extensions.pop();
    expect(bodyOf(draft).document.sites[0]?.emergency_route).toBe('101');
  });
});

describe('errors of the appliance', () => {
  it.each([
    ['token', 'token.token', 'token'],
    ['organization.domain', 'organization.domain', 'organization'],
    ['administrator.password', 'administrator.password', 'administrator'],
    ['sites.0.networks', 'site.networks', 'site'],
    ['sites', 'site.name', 'site'],
    ['sites.0.emergency_route', 'site.emergency_route', 'extensions'],
    ['extensions.0.number', 'extensions.1.number', 'extensions'],
    ['extensions.1.name', 'extensions.3.name', 'extensions'],
    ['extensions.1.site', 'extensions.3.number', 'extensions'],
  ])('%s shows at %s of %s', (path, field, step) => {
    expect(renameField(full(), path)).toBe(field);
    expect(hasField(full(), field)).toBe(true);
    expect(stepOf(field)).toBe(step);
  });
  it.each(['nothing', 'site.color', 'extensions.9.number', 'extensions', 'organization', 'site.networks.0'])('%s is no field', (path) =>
    expect(hasField(full(), path)).toBe(false),
  );
});

describe('faultsOf', () => {
  const steps = ['token', 'organization', 'administrator', 'site', 'extensions', 'summary'] as const;
  it('finds nothing wrong with good answers', () => {
    for (const step of steps) expect(faultsOf(step, full())).toEqual({});
  });
  it('finds each wrong answer at its field', () => {
    const draft = full();
    draft.token.token = ' ';
    draft.organization = { name: ' ', domain: 'no domain', language: 'en' };
    draft.administrator = { email: 'x', password: '12345678901', confirm: 'other' };
    draft.site = { ...draft.site, name: '', networks: ['127.0.0.0/8', '300.0.0.0/8'], emergency: ['1x'] };
    draft.extensions = [{ number: '101', name: '' }, { number: '101', name: 'B' }, { number: '1a', name: 'C' }];
    expect(steps.flatMap((step) => Object.keys(faultsOf(step, draft)))).toEqual([
      'token.token',
      'organization.name',
      'organization.domain',
      'administrator.email',
      'administrator.password',
      'administrator.confirm',
      'site.name',
      'site.networks',
      'site.emergency',
      'extensions.0.name',
      'extensions.1.number',
      'extensions.2.number',
    ]);
    expect(faultsOf('administrator', draft)['administrator.password']).toContain('1 more');
    expect(faultsOf('site', draft)['site.networks']).toContain('300.0.0.0/8');
  });
  it('counts characters of a password, not bytes: 12 are enough', () => {
    const draft = full();
    draft.administrator.password = draft.administrator.confirm = 'ä'.repeat(12);
    expect(faultsOf('administrator', draft)).toEqual({});
  });
});
