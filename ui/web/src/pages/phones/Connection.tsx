import { ActionIcon, Button, Fieldset, Group, NativeSelect, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useSites } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Device, DeviceSip } from '../../api/types';
import { useStream } from '../../live/live';
import { FormEnd } from '../../parts/FormEnd';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { sipOf, valuesOf } from './sipFields';

const TRANSPORTS = ['', 'udp', 'tcp', 'tls'] as const;
const CALLED_BY = ['udp', 'tcp'] as const;
const ENCRYPTIONS = ['', 'off', 'optional', 'required'] as const;

/** How a phone reaches the registrar and is reached: transport, ping, addresses. */
export default function Connection({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const sites = useSites();
  const networks = sites.data?.find((s) => s.id === device.site?.id)?.networks ?? [];
  const form = useForm({ initialValues: valuesOf(device.sip ?? {}) });
  const save = useMutation({
    mutationFn: (sip: DeviceSip) => ask<Device | undefined>('PATCH', `/devices/${device.id}`, { sip }),
    onSuccess: (now) => {
      if (now) stream.put(now);
      tell(t('common.saved'));
      onClose();
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values, (path) => path.replace(/^sip\./, '')).fields);
    },
  });
  const fixed = form.values.fixed_address.trim() !== '';
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(sipOf(v)))} noValidate>
      <Stack>
        {save.error && Object.keys(form.errors).length === 0 && <Failed error={save.error} />}
        <NativeSelect
          label={t('connection.transport')}
          description={t('connection.transportHelp')}
          data={TRANSPORTS.map((value) => ({ value, label: t(`connection.transports.${value || 'site'}`) }))}
          disabled={fixed}
          data-autofocus
          {...form.getInputProps('transport')}
        />
        <NativeSelect
          label={t('connection.srtp')}
          data={ENCRYPTIONS.map((value) => ({ value, label: t(`connection.srtps.${value || 'site'}`) }))}
          {...form.getInputProps('srtp')}
        />
        <NumberInput label={t('connection.ping')} description={t('connection.pingHelp')} min={0} max={3600} allowDecimal={false} {...form.getInputProps('ping')} />
        {networks.length > 0 && (
          <Switch
            label={t('connection.private', { networks: networks.join(', ') })}
            description={t('connection.privateHelp')}
            {...form.getInputProps('private_network', { type: 'checkbox' })}
          />
        )}
        <Fieldset legend={t('connection.fixed')}>
          <Stack gap="sm">
            <TextInput label={t('connection.address')} description={t('connection.addressHelp')} autoComplete="off" spellCheck={false} {...form.getInputProps('fixed_address')} />
            <NativeSelect
              label={t('connection.auth')}
              data={[
                { value: '', label: t('connection.hasTo') },
                { value: 'no', label: t('connection.hasNotTo') },
              ]}
              disabled={!fixed}
              value={fixed && form.values.no_auth ? 'no' : ''}
              onChange={(event) => form.setFieldValue('no_auth', event.currentTarget.value === 'no')}
            />
            <NativeSelect
              label={t('connection.calledBy')}
              data={CALLED_BY.map((value) => ({ value, label: t(`connection.transports.${value}`) }))}
              disabled={!fixed}
              {...form.getInputProps('called_by')}
            />
          </Stack>
        </Fieldset>
        <AllowFrom values={form.values.allow_from} error={form.errors.allow_from} onChange={(v) => form.setFieldValue('allow_from', v)} />
        <FormEnd onClose={onClose} busy={save.isPending} />
      </Stack>
    </form>
  );
}

/** The addresses an account may be used from, in rows that come and go. */
function AllowFrom({ values, error, onChange }: { values: string[]; error: React.ReactNode; onChange: (values: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t('connection.allowFrom')}>
      <Stack gap="xs">
        <Text size="sm" c="dimmed">
          {t('connection.allowFromHelp')}
        </Text>
        {values.map((value, i) => (
          <Group key={i} gap="xs" wrap="nowrap">
            <TextInput
              flex={1}
              aria-label={t('connection.allowed', { n: i + 1 })}
              placeholder="192.0.2.0/24"
              autoComplete="off"
              spellCheck={false}
              value={value}
              onChange={(event) => onChange(values.with(i, event.currentTarget.value))}
            />
            <ActionIcon variant="default" size="lg" aria-label={t('connection.removeAllowed', { n: i + 1 })} onClick={() => onChange(values.toSpliced(i, 1))}>
              <IconMinus size={16} aria-hidden="true" />
            </ActionIcon>
          </Group>
        ))}
        {error && (
          <Text size="sm" c="red" role="alert">
            {error}
          </Text>
        )}
        <Group>
          <Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => onChange([...values, ''])}>
            {t('connection.addAllowed')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
