import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import type { RemoteAddress } from '../../api/onboarding';
import type { Device } from '../../api/types';
import { CopyLine } from '../../parts/CopyLine';
import { Failed } from '../../parts/States';
import { At } from '../../parts/time';
import classes from './Phones.module.css';

/** A one-time address for a phone outside, as words and as a QR code. */
export default function Remote({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const make = useMutation({ mutationFn: () => ask<RemoteAddress>('POST', `/devices/${device.id}/remote`) });
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('device.remoteText')}
      </Text>
      {make.error && <Failed error={make.error} />}
      {make.data && (
        <Stack gap="xs" align="center" role="status">
          <img className={classes.qr} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(make.data.svg)}`} alt={t('device.remoteQr')} />
          <CopyLine value={make.data.url} />
          <Text size="sm" c="dimmed">
            {t('device.remoteUntil')} <At at={make.data.until} />
          </Text>
        </Stack>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.close')}
        </Button>
        <Button loading={make.isPending} onClick={() => make.mutate()} data-autofocus>
          {make.data ? t('device.remoteAgain') : t('device.remoteMake')}
        </Button>
      </Group>
    </Stack>
  );
}
