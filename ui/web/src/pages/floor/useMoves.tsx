// Moves of people between phones, each of which can be taken back for a while.
import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { guestPlace, leave, move, sit } from '../../api/seats';
import type { Device, Extension } from '../../api/types';
import { useLive } from '../../live/live';
import { tell, tellProblem } from '../../parts/notify';
import { nameOf } from '../phones/words';

/** How long a move can be taken back, in ms. */
export const UNDO_FOR = 10_000;

export interface Done {
  words: string;
  until: number;
  back: () => Promise<unknown>;
}

export const whoOf = (e: { name: string; number: string }): string => e.name || e.number;

export function useMoves() {
  const { t } = useTranslation();
  const { devices } = useLive();
  const [done, setDone] = useState<Done>();
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(undefined), done.until - Date.now());
    return () => clearTimeout(timer);
  }, [done]);
  const remember = useCallback((words: string, back: Done['back']) => setDone({ words, back, until: Date.now() + UNDO_FOR }), []);
  const phone = (d: Device) => nameOf(d, d.mac);

  const seat = useMutation({
    mutationFn: async ({ who, at }: { who: Extension; at: Device }) => {
      const from = guestPlace(who.number, devices.values());
      const now = await move(who.number, { phoneId: at.phone_id }, from);
      remember(t('floor.seated', { name: whoOf(who), phone: phone(at) }), async () => {
        await leave(now.id);
        if (from) await sit(who.number, from.device.phone_id, from.line);
      });
    },
    onError: tellProblem,
  });
  const out = useMutation({
    mutationFn: async ({ who, at }: { who: { number: string; name: string; line: number; seat: string }; at: Device }) => {
      await leave(who.seat);
      remember(t('floor.left', { name: whoOf(who), phone: phone(at) }), () => sit(who.number, at.phone_id, who.line));
    },
    onError: tellProblem,
  });
  const undo = useMutation({
    mutationFn: (one: Done) => one.back(),
    onSuccess: () => tell(t('floor.undone')),
    onError: tellProblem,
    onSettled: () => setDone(undefined),
  });
  return { seat, out, undo, done, busy: seat.isPending || out.isPending || undo.isPending };
}
