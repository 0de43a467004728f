import { Button, Group, Modal, Stack, Switch, TextInput, Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconEdit, IconKey, IconPower, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useExtensions, useSites } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Device } from '../../api/types';
import { useStream } from '../../live/live';
import { Ask } from '../../parts/Ask';
import { tell, tellProblem } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { useMay } from '../../session/session';
import { SeatActions } from './SeatActions';
import { nameOf } from './words';

export function PhoneActions({ device, onGone }: { device: Device; onGone: () => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const mayWrite = useMay('devices.write');
  const mayResync = useMay('devices.resync');
  const [editing, edit] = useDisclosure(false);
  const [rearming, rearm] = useDisclosure(false);
  const [deleting, remove] = useDisclosure(false);
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
  const erase = useMutation({
    mutationFn: () => ask('DELETE', `/devices/${device.id}`),
    onSuccess: () => {
      remove.close();
      tell(t('common.deleted', { name: nameOf(device, device.mac) }));
      onGone();
    },
    onError: tellProblem,
  });
  return (
    <Group gap="xs">
      <SeatActions device={device} />
      {mayResync && (
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
          <Button size="xs" variant="default" leftSection={<IconKey size={15} />} onClick={rearm.open}>
            {t('phones.detail.rearm')}
          </Button>
          <Button size="xs" variant="default" leftSection={<IconEdit size={15} />} onClick={edit.open}>
            {t('phones.detail.edit')}
          </Button>
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
      <Modal opened={editing} onClose={edit.close} title={t('phones.detail.edit')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <EditForm device={device} onClose={edit.close} />
      </Modal>
    </Group>
  );
}

function EditForm({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const sites = useSites();
  const extensions = useExtensions();
  const form = useForm({
    initialValues: { name: device.name, site: device.site?.id ?? '', line: device.line, disabled: device.disabled },
  });
  const save = useMutation({
    mutationFn: (v: typeof form.values) => {
      const was = form.getInitialValues();
      const changed = Object.fromEntries(Object.entries(v).filter(([k, value]) => value !== was[k as keyof typeof was]));
      return ask<Device | undefined>('PATCH', `/devices/${device.id}`, changed);
    },
    onSuccess: (now) => {
      if (now) stream.put(now);
      tell(t('common.saved'));
      onClose();
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
  });
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))} noValidate>
      <Stack>
        {save.error && Object.keys(form.errors).length === 0 && <Failed error={save.error} />}
        <TextInput label={t('phones.detail.name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <Select
          label={t('phones.site')}
          data={(sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
          allowDeselect={false}
          {...form.getInputProps('site')}
          value={form.values.site || null}
          onChange={(v) => form.setFieldValue('site', v ?? '')}
        />
        <Select
          label={t('phones.add.line')}
          placeholder={t('phones.add.hotdesk')}
          data={(extensions.data ?? []).map((e) => ({ value: e.number, label: `${e.number} ${e.name}`.trim() }))}
          searchable
          clearable
          limit={100}
          {...form.getInputProps('line')}
          value={form.values.line || null}
          onChange={(v) => form.setFieldValue('line', v ?? '')}
        />
        <Switch label={t('phones.detail.disabled')} {...form.getInputProps('disabled', { type: 'checkbox' })} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
