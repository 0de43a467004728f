// What is known of one phone, and what can be done with it.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconRecycle, IconTool } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import type { Device } from '../../api/types';
import { useStream } from '../../live/live';
import { tell, tellProblem } from '../../parts/notify';
import { At } from '../../parts/time';
import { useMay } from '../../session/session';
import { Approve } from './Approve';
import { Registered, StepBadge } from './cells';
import { Facts } from './Facts';
import { PhoneActions } from './PhoneActions';
import { isWaiting } from './words';

export function Overview({ device, onGone }: { device: Device; onGone: () => void }) {
  const { t } = useTranslation();
  const mayApprove = useMay('devices.approve');
  return (
    <Stack gap="lg">
      {device.conflict && (
        <Alert color="orange" icon={<IconAlertTriangle />} title={t('phones.detail.conflictTitle')}>
          {t('phones.detail.conflictText')}
        </Alert>
      )}
      {device.retired_at && (
        <Alert color="gray" icon={<IconRecycle />} title={t('phones.retired')}>
          {t('device.retiredText')} <At at={device.retired_at} />
        </Alert>
      )}
      <Drift device={device} />
      {isWaiting(device) && mayApprove && <Approve key={device.id} device={device} />}
      {!device.retired_at && <div>
        <Group gap="sm" mb={6}>
          <StepBadge step={device.step} help={false} />
          <Registered device={device} />
        </Group>
        <Text size="sm" c="dimmed">
          {t(`phones.ladderHelp.${device.step}`)}
        </Text>
      </div>}
      <Facts device={device} />
      <PhoneActions device={device} onGone={onGone} />
    </Stack>
  );
}

/** What is not as it should be, and one press that mends it. */
function Drift({ device }: { device: Device }) {
  const { t } = useTranslation();
  const stream = useStream();
  const mayResync = useMay('devices.resync');
  const mayWrite = useMay('devices.write');
  const fix = useMutation({
    mutationFn: () => ask<Device | undefined>('POST', `/devices/${device.id}/mend`),
    onSuccess: (now) => {
      if (now) stream.put(now);
      tell(t('device.driftFixed'));
    },
    onError: tellProblem,
  });
  if (!device.drift) return null;
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} title={t('device.driftTitle')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{device.drift_text || t(`phones.drift.${device.drift}`)}</Text>
        {mayResync && (mayWrite || device.drift !== 'model') && (
          <Button size="xs" variant="default" leftSection={<IconTool size={15} />} loading={fix.isPending} onClick={() => fix.mutate()}>
            {t(`device.driftFix.${device.drift}`)}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
