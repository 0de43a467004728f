// What the wizard has gathered, how it is kept, and the document it becomes.
import type { SetupState } from '../../api/types';
import type { Row } from './paste';

export const STEPS = ['token', 'organization', 'administrator', 'site', 'extensions', 'summary'] as const;
export type StepName = (typeof STEPS)[number];

export interface Draft {
  token: { token: string };
  organization: { name: string; domain: string; language: string };
  administrator: { email: string; password: string; confirm: string };
  site: {
    name: string;
    timezone: string;
    networks: string[];
    adoption: 'lobby' | 'approve' | 'closed';
    emergency: string[];
    /** Empty: the first extension. */
    emergency_route: string;
  };
  extensions: Row[];
}

export function freshDraft(suggested: SetupState['suggested'], zones: string[], token: string, language: string): Draft {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const told = suggested?.timezone ?? '';
  const timezone = [told === 'UTC' ? '' : told, here, 'UTC'].find((z) => zones.includes(z)) ?? 'UTC';
  return {
    token: { token },
    organization: { name: '', domain: '', language },
    administrator: { email: '', password: '', confirm: '' },
    site: {
      // "Europe/London" names a place, "UTC" does not.
      name: timezone.split('/').slice(1).pop()?.replaceAll('_', ' ') ?? '',
      timezone,
      networks: suggested?.networks ?? [],
      adoption: 'lobby',
      emergency: timezone.startsWith('America/') ? ['911'] : ['112'],
      emergency_route: '',
    },
    extensions: [{ number: '', name: '' }],
  };
}

const KEY = 'cradle-setup';

interface Kept {
  draft: Draft;
  /** The furthest step that was reached. */
  reached: number;
}

/** Keeps the draft for a reload of this tab. Passwords are never kept. */
export function keep(draft: Draft, reached: number, storage: Storage): void {
  const { email } = draft.administrator;
  const kept: Kept = { draft: { ...draft, administrator: { email, password: '', confirm: '' } }, reached };
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage may be off or full; then a reload begins anew.
  }
}

export function restore(fresh: Draft, storage: Storage): Kept {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? '') as Partial<Kept>;
    const draft = kept.draft;
    if (!draft) return { draft: fresh, reached: 0 };
    return {
      draft: {
        token: fresh.token.token ? fresh.token : { ...fresh.token, ...draft.token },
        organization: { ...fresh.organization, ...draft.organization },
        administrator: { ...fresh.administrator, ...draft.administrator, password: '', confirm: '' },
        site: { ...fresh.site, ...draft.site },
        extensions: Array.isArray(draft.extensions) ? draft.extensions : fresh.extensions,
      },
      reached: Math.min(Math.max(0, Number(kept.reached) || 0), STEPS.length - 1),
    };
  } catch {
    return { draft: fresh, reached: 0 };
  }
}

export function forget(storage: Storage): void {
  storage.removeItem(KEY);
}

export const isBlank = (row: Row): boolean => row.number.trim() === '' && row.name.trim() === '';

/** The body of POST /setup. Blank rows are left out. */
export function bodyOf(draft: Draft) {
  const rows = draft.extensions.filter((r) => !isBlank(r));
  const site = draft.site.name.trim();
  return {
    token: draft.token.token.trim(),
    document: {
      organization: {
        name: draft.organization.name.trim(),
        domain: draft.organization.domain.trim().toLowerCase(),
        language: draft.organization.language,
      },
      administrator: { email: draft.administrator.email.trim(), password: draft.administrator.password },
      sites: [
        {
          name: site,
          timezone: draft.site.timezone,
          networks: draft.site.networks,
          adoption: draft.site.adoption,
          emergency: draft.site.emergency,
          emergency_route: routeOf(draft),
        },
      ],
      extensions: rows.map((r) => ({ number: r.number.trim(), name: r.name.trim(), site })),
    },
  };
}

/** Where emergency calls go: what was chosen if it still exists, else the first extension. */
export function routeOf(draft: Draft): string {
  const numbers = draft.extensions.filter((r) => !isBlank(r)).map((r) => r.number.trim());
  return numbers.includes(draft.site.emergency_route) ? draft.site.emergency_route : (numbers[0] ?? '');
}

/** Names a field of the document as the form does. Rows move up where blank ones were left out. */
export function renameField(draft: Draft, path: string): string {
  if (path === 'token') return 'token.token';
  const site = /^sites(?:\.\d+)?(?:\.(.*))?$/.exec(path);
  if (site) return site[1] ? `site.${site[1]}` : 'site.name';
  const row = /^extensions\.(\d+)(?:\.(.*))?$/.exec(path);
  if (row) {
    const places = draft.extensions.flatMap((r, i) => (isBlank(r) ? [] : [i]));
    const field = row[2] && row[2] in { number: 0, name: 0 } ? row[2] : 'number';
    return `extensions.${places[Number(row[1])] ?? 0}.${field}`;
  }
  return path;
}

/** Whether the wizard has a place to show an error at. */
export function hasField(draft: Draft, path: string): boolean {
  const row = /^extensions\.(\d+)\.(number|name)$/.exec(path);
  if (row) return Number(row[1]) < draft.extensions.length;
  const [step = '', field = '', ...more] = path.split('.');
  if (more.length > 0 || step === 'extensions') return false;
  return step in draft && field in (draft[step as keyof Draft] as object);
}

export function stepOf(path: string): StepName {
  const first = path.split('.')[0] as StepName;
  if (path === 'site.emergency_route') return 'extensions';
  return STEPS.includes(first) ? first : 'summary';
}
