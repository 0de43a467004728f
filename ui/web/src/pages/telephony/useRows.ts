// Numbers as the Telephony lists show them, live.
import { useState } from 'react';
import { useExtensions, useUsers } from '../../api/lists';
import { useNumbers, type PhoneNumber } from '../../api/numbers';
import { useLive } from '../../live/live';
import { useNow } from '../../parts/time';
import { useMay } from '../../session/session';
import { rowOf, type Row } from './rows';

interface Rows {
  all: Row[];
  pending: boolean;
  error?: { why: Error; again: () => void };
  /** Says that something is being done with a number, which is pending meanwhile. */
  mark: (id: string, on: boolean) => void;
}

export function useRows(of: (n: PhoneNumber) => boolean): Rows {
  const numbers = useNumbers();
  const extensions = useExtensions();
  const users = useUsers(useMay('users.read'));
  const { devices } = useLive();
  const now = useNow(1000);
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const phones = [...devices.values()];
  return {
    all: (numbers.data ?? []).filter(of).map((n) => rowOf(n, extensions.data ?? [], users.data ?? [], phones, busy.has(n.id), now)),
    pending: numbers.isPending || extensions.isPending,
    error: numbers.error ? { why: numbers.error, again: () => void numbers.refetch() } : undefined,
    mark: (id, on) =>
      setBusy((old) => {
        const next = new Set(old);
        if (on) next.add(id);
        else next.delete(id);
        return next;
      }),
  };
}
