// The levels at which settings are said, and their records.
import { useQuery } from '@tanstack/react-query';
import { askAll } from '../../api/client';
import type { Profile } from '../../api/keys';
import type { Device, Extension, Model, Site } from '../../api/types';

export const SCOPES = ['appliance', 'organization', 'site', 'model', 'profile', 'device', 'extension'] as const;
export type Scope = (typeof SCOPES)[number];

export const scopeIn = (text: string | null): Scope => SCOPES.find((s) => s === text) ?? 'organization';

interface Choice {
  value: string;
  label: string;
}

type Named = Site & Model & Profile & Device & Extension;

/** The lists of the API that hold a level's records, and how each is named. */
const LISTS: Partial<Record<Scope, [string, (record: Named) => string]>> = {
  site: ['sites', (s) => s.name],
  model: ['templates', (m) => m.label],
  profile: ['profiles', (p) => p.name],
  device: ['devices', (d) => `${d.name || d.mac} (${d.phone_id})`],
  extension: ['extensions', (e) => `${e.number} ${e.name}`.trim()],
};

/** A level's records to choose from; none are needed where there is one of it. */
export function useRecords(scope: Scope): Choice[] | undefined {
  const [list, nameOf] = LISTS[scope] ?? ['', () => ''];
  const all = useQuery({ queryKey: [list], queryFn: ({ signal }) => askAll<Named>(`/${list}`, signal), enabled: list !== '' });
  return all.data?.map((r) => ({ value: r.id, label: nameOf(r) }));
}
