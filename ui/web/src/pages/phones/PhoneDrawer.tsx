// One phone: what it is, what it did, and what can be done with it.
import { Alert, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../../api/types';
import { useLive } from '../../live/live';
import { At } from '../../parts/time';
import { useMounted } from '../../parts/useMounted';
import { useMay } from '../../session/session';
import { Approve } from './Approve';
import { Registered, Sits, StepBadge, SureMark } from './cells';
import { Journal } from './Journal';
import { PhoneActions } from './PhoneActions';
import classes from './Phones.module.css';
import { isWaiting, kindOf, nameOf } from './words';

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
  const mayApprove = useMay('devices.approve');
  return (
    <Stack gap="lg">
      {device.conflict && (
        <Alert color="orange" icon={<IconAlertTriangle />} title={t('phones.detail.conflictTitle')}>
          {t('phones.detail.conflictText')}
        </Alert>
      )}
      {isWaiting(device) && mayApprove && <Approve key={device.id} device={device} />}
      <div>
        <Group gap="sm" mb={6}>
          <StepBadge step={device.step} help={false} />
          <Registered device={device} />
        </Group>
        <Text size="sm" c="dimmed">
          {t(`phones.ladderHelp.${device.step}`)}
        </Text>
      </div>
      <Facts device={device} />
      <PhoneActions device={device} onGone={onGone} />
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

function Facts({ device }: { device: Device }) {
  const { t } = useTranslation();
  const r = device.registration;
  return (
    <dl className={classes.facts}>
      <dt>{t('phones.phoneId')}</dt>
      <dd className="mono">{device.phone_id || t('common.none')}</dd>
      <dt>{t('phones.detail.mac')}</dt>
      <dd className="mono">{device.mac}</dd>
      <dt>{t('phones.detail.model')}</dt>
      <dd>
        {kindOf(device, t('phones.unknownModel'))} <SureMark sure={device.sure} />
      </dd>
      <dt>{t('phones.detail.firmware')}</dt>
      <dd>{device.firmware || t('common.unknown')}</dd>
      <dt>{t('phones.site')}</dt>
      <dd>{device.site?.name ?? t('common.none')}</dd>
      <dt>{t('phones.sitting')}</dt>
      <dd>
        <Sits device={device} />
      </dd>
      {device.seen_at && (
        <>
          <dt>{t('phones.detail.seen')}</dt>
          <dd>
            <At at={device.seen_at} />
          </dd>
        </>
      )}
      {r && (
        <>
          <dt>{t('phones.detail.address')}</dt>
          <dd>
            <span className="mono">{r.source}</span> {r.transport.toUpperCase()}
          </dd>
          <dt>{t('phones.detail.since')}</dt>
          <dd>
            <At at={r.since} />
          </dd>
          <dt>{t('phones.detail.userAgent')}</dt>
          <dd>{r.user_agent || t('common.unknown')}</dd>
        </>
      )}
      {device.resync && (
        <>
          <dt>{t('phones.detail.resync')}</dt>
          <dd>
            <span role="status">{t(`phones.detail.resyncState.${device.resync}`)}</span>
          </dd>
        </>
      )}
    </dl>
  );
}
