import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCertificate, IconEdit, IconKey, IconPower, IconRecycle, IconPlugConnected, IconRefresh, IconReplace, IconTrash, IconWorld } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import type { Device } from '../../api/types';
import { useStream } from '../../live/live';
import { Ask } from '../../parts/Ask';
import { tell, tellProblem } from '../../parts/notify';
import { Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import { SeatActions } from './SeatActions';
import { isWaiting, nameOf } from './words';
import '../../text/connection';
import '../../text/phones';
import '../../text/secrets';

const EditPhone = lazy(() => import('./EditPhone'));
const Connection = lazy(() => import('./Connection'));
const Replace = lazy(() => import('./Replace'));
const Remote = lazy(() => import('./Remote'));
const Certificate = lazy(() => import('./Certificate'));

/** What is asked for in a dialog of its own. */
const DIALOGS = { edit: { icon: IconEdit, form: EditPhone }, connection: { icon: IconPlugConnected, form: Connection }, replace: { icon: IconReplace, form: Replace }, remote: { icon: IconWorld, form: Remote }, certificate: { icon: IconCertificate, form: Certificate } };
type Dialog = keyof typeof DIALOGS;

export function PhoneActions({ device, onGone }: { device: Device; onGone: () => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const mayWrite = useMay('devices.write');
  const mayResync = useMay('devices.resync');
  const [dialog, setDialog] = useState<Dialog>('edit');
  const [asking, form] = useDisclosure(false);
  const [rearming, rearm] = useDisclosure(false);
  const [retiring, retirement] = useDisclosure(false);
  const [deleting, remove] = useDisclosure(false);
  const inService = !device.retired_at;
  const put = (now: Device | undefined) => now && stream.put(now);

  const resync = useMutation({
    mutationFn: (reboot: boolean) => ask<Device | undefined>('POST', `/devices/${device.id}/resync`, { reboot }),
    onSuccess: (now, reboot) => {
      put(now);
      tell(reboot ? t('phones.detail.rebootSent') : t('phones.detail.resyncSent'));
    },
    onError: tellProblem,
  });
  const arm = useMutation({
    mutationFn: () => ask<Device | undefined>('POST', `/devices/${device.id}/rearm`),
    onSuccess: (now) => {
      put(now);
      rearm.close();
      tell(t('phones.detail.rearmed', { phone_id: now?.phone_id ?? '' }));
    },
    onError: tellProblem,
  });
  const retire = useMutation({
    mutationFn: () => ask<Device | undefined>('POST', `/devices/${device.id}/retire`),
    onSuccess: (now) => {
      put(now);
      retirement.close();
      tell(t('device.retired', { name: nameOf(device, device.mac) }));
    },
    onError: tellProblem,
  });
  const erase = useMutation({
    mutationFn: () => ask('DELETE', `/devices/${device.id}`),
    onSuccess: () => {
      remove.close();
      tell(t('common.deleted', { name: nameOf(device, device.mac) }));
      onGone();
    },
    onError: tellProblem,
  });
  const words: Record<Dialog, { button: string; title: string }> = {
    edit: { button: t('phones.detail.edit'), title: t('phones.detail.edit') },
    connection: { button: t('connection.button'), title: t('connection.title') },
    replace: { button: t('device.replace'), title: t('device.replaceTitle') },
    remote: { button: t('device.remote'), title: t('device.remoteTitle') },
    certificate: { button: t('deviceCertificate.button'), title: t('deviceCertificate.title') },
  };
  const Form = DIALOGS[dialog].form;
  return (
    <Group gap="xs">
      {inService && <SeatActions device={device} />}
      {inService && mayResync && (
        <>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={15} />}
            disabled={!device.registered}
            loading={resync.isPending && !resync.variables}
            onClick={() => resync.mutate(false)}
          >
            {t('phones.detail.resyncButton')}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPower size={15} />}
            disabled={!device.registered}
            loading={resync.isPending && resync.variables}
            onClick={() => resync.mutate(true)}
          >
            {t('phones.detail.rebootButton')}
          </Button>
        </>
      )}
      {mayWrite && (
        <>
          {inService && (Object.keys(DIALOGS) as Dialog[]).filter((kind) => kind !== 'certificate' || !isWaiting(device)).map((kind) => {
            const Icon = DIALOGS[kind].icon;
            return (
              <Button
                key={kind}
                size="xs"
                variant="default"
                leftSection={<Icon size={15} />}
                onClick={() => {
                  setDialog(kind);
                  form.open();
                }}
              >
                {words[kind].button}
              </Button>
            );
          })}
          {inService && (
            <>
              <Button size="xs" variant="default" leftSection={<IconKey size={15} />} onClick={rearm.open}>
                {t('phones.detail.rearm')}
              </Button>
              <Button size="xs" variant="default" leftSection={<IconRecycle size={15} />} onClick={retirement.open}>
                {t('device.retire')}
              </Button>
            </>
          )}
          <Button size="xs" variant="default" leftSection={<IconTrash size={15} />} onClick={remove.open}>
            {t('phones.detail.delete')}
          </Button>
        </>
      )}
      <Ask opened={rearming} title={t('phones.detail.rearmTitle')} confirm={t('phones.detail.rearm')} busy={arm.isPending} onConfirm={() => arm.mutate()} onClose={rearm.close}>
        {t('phones.detail.rearmText')}
      </Ask>
      <Ask
        opened={deleting}
        title={t('common.confirmDelete', { name: nameOf(device, device.mac) })}
        confirm={t('common.delete')}
        danger
        busy={erase.isPending}
        onConfirm={() => erase.mutate()}
        onClose={remove.close}
      >
        {t('phones.detail.deleteText')}
      </Ask>
      <Ask opened={retiring} title={t('device.retireTitle')} confirm={t('device.retire')} danger busy={retire.isPending} onConfirm={() => retire.mutate()} onClose={retirement.close}>
        {t('device.retireText')}
      </Ask>
      <Modal opened={asking} onClose={form.close} title={words[dialog].title} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Suspense fallback={<Loading />}>
          <Form device={device} onClose={form.close} />
        </Suspense>
      </Modal>
    </Group>
  );
}
