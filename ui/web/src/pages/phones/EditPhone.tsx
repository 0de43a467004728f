import { NativeSelect, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useExtensions, useLayouts, useModels, useProfiles, useSites } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Device, Ref } from '../../api/types';
import { useStream } from '../../live/live';
import { FormEnd } from '../../parts/FormEnd';
import { changesOf } from '../../parts/changes';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { useMay } from '../../session/session';
import { choiceOf } from './words';

const refs = (list: Ref[] | undefined) => (list ?? []).map((r) => ({ value: r.id, label: r.name }));
const MODULES = Array.from({ length: 7 }, (_, n) => String(n));

/** What a person may say of a phone. */
export default function EditPhone({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const sites = useSites();
  const extensions = useExtensions();
  const models = useModels(useMay('templates.read'));
  const profiles = useProfiles(useMay('profiles.read'));
  const layouts = useLayouts(useMay('layouts.read'));
  const form = useForm({
    initialValues: {
      name: device.name,
      equipment: device.equipment ?? '',
      room: device.room ?? '',
      model: device.model,
      site: device.site?.id ?? '',
      line: device.line,
      profile: device.profile?.id ?? '',
      layout: device.layout?.id ?? '',
      modules: device.modules ?? 0,
      remote_login: device.remote_login ?? true,
      never_shared: device.never_shared ?? false,
      personal: device.personal ?? false,
      outside: device.outside ?? false,
      disabled: device.disabled,
    },
  });
  const save = useMutation({
    mutationFn: (v: typeof form.values) => ask<Device | undefined>('PATCH', `/devices/${device.id}`, changesOf(v, form.getInitialValues(), false)),
    onSuccess: (now) => {
      if (now) stream.put(now);
      tell(t('common.saved'));
      onClose();
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
  });
  const choice = (field: 'model' | 'site' | 'line' | 'profile' | 'layout') => ({
    ...form.getInputProps(field),
    value: form.values[field] || null,
    onChange: (v: string | null) => form.setFieldValue(field, v ?? ''),
    limit: 100,
  });
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))} noValidate>
      <Stack>
        {save.error && Object.keys(form.errors).length === 0 && <Failed error={save.error} />}
        <TextInput label={t('phones.detail.name')} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput label={t('device.room')} description={t('device.roomHelp')} autoComplete="off" {...form.getInputProps('room')} />
        <TextInput label={t('device.equipment')} description={t('device.equipmentHelp')} autoComplete="off" {...form.getInputProps('equipment')} />
        <Select
          label={t('device.model')}
          placeholder={t('phones.add.modelAny')}
          data={(models.data ?? []).map((m) => ({ value: m.id, label: m.label || m.id }))}
          searchable
          clearable
          {...choice('model')}
        />
        <Select label={t('phones.site')} data={refs(sites.data)} allowDeselect={false} {...choice('site')} />
        <Select label={t('phones.add.line')} placeholder={t('phones.add.hotdesk')} data={(extensions.data ?? []).map(choiceOf)} searchable clearable {...choice('line')} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select label={t('device.profile')} placeholder={t('device.none')} data={refs(profiles.data)} clearable {...choice('profile')} />
          <Select label={t('device.layout')} placeholder={t('device.fromProfile')} data={refs(layouts.data)} clearable {...choice('layout')} />
        </SimpleGrid>
        <NativeSelect
          label={t('device.modules')}
          data={MODULES}
          value={String(form.values.modules)}
          onChange={(event) => form.setFieldValue('modules', Number(event.currentTarget.value))}
          error={form.errors.modules}
        />
        <Switch label={t('device.remoteLogin')} {...form.getInputProps('remote_login', { type: 'checkbox' })} />
        <Switch label={t('device.neverShared')} {...form.getInputProps('never_shared', { type: 'checkbox' })} />
        <Switch label={t('device.personal')} description={t('device.personalHelp')} {...form.getInputProps('personal', { type: 'checkbox' })} />
        <Switch label={t('device.outside')} {...form.getInputProps('outside', { type: 'checkbox' })} />
        <Switch label={t('phones.detail.disabled')} {...form.getInputProps('disabled', { type: 'checkbox' })} />
        <FormEnd onClose={onClose} busy={save.isPending} />
      </Stack>
    </form>
  );
}
