import { useQuery } from '@tanstack/react-query';
import { askAll } from '../../api/client';
import type { Alarm } from '../../api/onboarding';

/** The newest first; the line tells when there is one more. */
export function useAlarms(enabled = true) {
  return useQuery({
    queryKey: ['alarms'],
    queryFn: async ({ signal }) => (await askAll<Alarm>('/alarms', signal)).sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    enabled,
  });
}
