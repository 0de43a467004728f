// One phone: what it is, what it did, and what can be done with it.
import { Alert, Button, Drawer, Stack, Text, Title } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Device } from '../../api/types';
import { useLive } from '../../live/live';
import { useMounted } from '../../parts/useMounted';
import { Journal } from './Journal';
import { Overview } from './Overview';
import { nameOf } from './words';
import '../../text/phones';

export default function PhoneDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { devices, loaded } = useLive();
  const device = devices.get(id);
  const shown = useLast(device);
  const mounted = useMounted();
  return (
    <Drawer
      opened={mounted && id !== ''}
      onClose={onClose}
      position="right"
      size={520}
      title={
        <Text fw={650} size="lg" span>
          {shown ? nameOf(shown, t('phones.unknownModel')) : t('phones.phone')}
        </Text>
      }
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {loaded && id !== '' && !device && <Alert color="orange">{t('phones.detail.gone')}</Alert>}
      {shown && (device || id === '') && <Detail device={shown} onGone={onClose} />}
    </Drawer>
  );
}

/** Keeps what was shown while the drawer slides out. */
function useLast(device: Device | undefined): Device | undefined {
  const [last, setLast] = useState(device);
  useEffect(() => {
    if (device) setLast(device);
  }, [device]);
  return device ?? last;
}

function Detail({ device, onGone }: { device: Device; onGone: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <Button component={Link} to={`/phones/${device.id}`} variant="default" leftSection={<IconArrowRight size={16} aria-hidden="true" />}>
        {t('device.page')}
      </Button>
      <Overview device={device} onGone={onGone} />
      <div>
        <Title order={3} size="h5">
          {t('phones.detail.journal')}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {t('phones.detail.journalHelp')}
        </Text>
        <Journal device={device} />
      </div>
    </Stack>
  );
}
