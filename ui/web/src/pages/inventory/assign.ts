import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import type { Device } from '../../api/types';
import { useStream } from '../../live/live';
import { tell } from '../../parts/notify';
import { isWaiting, nameOf } from '../phones/words';

/** Makes an extension the home of a phone's first line; a phone that waits is approved with it. */
export function useAssign(onDone: () => void) {
  const { t } = useTranslation();
  const stream = useStream();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ device, number }: { device: Device; number: string }) =>
      isWaiting(device) ? ask<Device>('POST', `/devices/${device.id}/approve`, { line: number }) : ask<Device>('PATCH', `/devices/${device.id}`, { line: number }),
    onSuccess: (now, { device, number }) => {
      stream.put(now);
      tell(number ? t('sip.assigned', { number, name: nameOf(device, device.mac) }) : t('common.saved'));
      onDone();
      return queries.invalidateQueries({ queryKey: ['extensions'] });
    },
  });
}
