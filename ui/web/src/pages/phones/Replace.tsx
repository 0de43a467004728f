import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ask } from '../../api/client';
import { useModels } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Device } from '../../api/types';
import { useStream } from '../../live/live';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { scannedMac } from './words';

/** Puts another phone in the place of this one. The field suits a barcode scanner. */
export default function Replace({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const navigate = useNavigate();
  const models = useModels();
  const form = useForm({
    initialValues: { mac: '', model: '' },
    validate: { mac: (v) => (scannedMac(v) ? null : t('phones.add.badMac')) },
  });
  const replace = useMutation({
    mutationFn: (v: typeof form.values) =>
      ask<Device>('POST', `/devices/${device.id}/replace`, { mac: scannedMac(v.mac), ...(v.model && { model: v.model }) }),
    onSuccess: (now) => {
      stream.put(now);
      tell(t('device.replaced', { mac: now.mac }));
      onClose();
      void navigate(`/phones/${now.id}`);
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
  });
  return (
    <form onSubmit={form.onSubmit((v) => replace.mutate(v))} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('device.replaceText')}
        </Text>
        {replace.error && Object.keys(form.errors).length === 0 && <Failed error={replace.error} />}
        <TextInput
          label={t('device.replaceMac')}
          description={t('phones.add.macHelp')}
          required
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('mac')}
        />
        <Select
          label={t('device.replaceModel')}
          placeholder={t('device.replaceSame')}
          data={(models.data ?? []).map((m) => ({ value: m.id, label: m.label || m.id }))}
          searchable
          clearable
          limit={100}
          {...form.getInputProps('model')}
          value={form.values.model || null}
          onChange={(v) => form.setFieldValue('model', v ?? '')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={replace.isPending}>
            {t('device.replace')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
