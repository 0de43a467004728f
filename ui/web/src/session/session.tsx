// Who is logged in and what this person may do.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { ask } from '../api/client';
import { Problem } from '../api/problem';
import type { Session } from '../api/types';

/** Logged in, logged out, or the wizard has not been done. */
export type Standing = { at: 'in'; session: Session } | { at: 'out' } | { at: 'setup' };

const KEY = ['session'];

async function standing(): Promise<Standing> {
  try {
    return { at: 'in', session: await ask<Session>('GET', '/session') };
  } catch (e) {
    if (e instanceof Problem && e.status === 401) return { at: 'out' };
    if (e instanceof Problem && e.status === 503) return { at: 'setup' };
    throw e;
  }
}

export function useStanding() {
  return useQuery({ queryKey: KEY, queryFn: standing, staleTime: Infinity, retry: 2 });
}

export function useSession(): Session | undefined {
  const { data } = useStanding();
  return data?.at === 'in' ? data.session : undefined;
}

export function useMay(permission: string): boolean {
  return useSession()?.permissions.includes(permission) ?? false;
}

/** After a log-in. */
export function useSignIn() {
  const queries = useQueryClient();
  return useCallback((session: Session): void => {
    const standing: Standing = { at: 'in', session };
    queries.setQueryData<Standing>(KEY, () => standing);
  }, [queries]);
}

/** Forgets everything that was read in the old session. */
export function useSignOut() {
  const queries = useQueryClient();
  return useCallback(() => {
    queries.setQueryData<Standing>(KEY, { at: 'out' });
    queries.removeQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
  }, [queries]);
}
