import { Button, Group, Text } from '@mantine/core';
import { IconHome } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { guestPlace, leave } from '../../api/seats';
import { useLive } from '../../live/live';
import { tell, tellProblem } from '../../parts/notify';
import { useMay } from '../../session/session';
import '../../text/telephony';
import { nameOf } from '../phones/words';

/** Where an extension is a guest, by the base extension of that phone, with the way back. */
export function VirtualizedOn({ number }: { number: string }) {
  const { t } = useTranslation();
  const may = useMay('seats.write');
  const { devices } = useLive();
  const place = guestPlace(number, devices.values());
  const back = useMutation({
    mutationFn: (seat: string) => leave(seat),
    onSuccess: () => tell(t('telephony.based', { number })),
    onError: tellProblem,
  });
  if (!place) return <Text size="sm">{t('common.none')}</Text>;
  const base = place.device.lines?.[place.line - 1] ?? '';
  return (
    <Group gap="sm">
      <Text size="sm">
        {base && <span className="mono">{base} </span>}
        <Link to={`/phones/${place.device.id}`}>{nameOf(place.device, place.device.mac)}</Link>
      </Text>
      {may && (
        <Button size="compact-sm" variant="default" leftSection={<IconHome size={14} />} loading={back.isPending} onClick={() => back.mutate(place.seat)}>
          {t('telephony.base')}
        </Button>
      )}
    </Group>
  );
}
