import { Select, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useExtensions, useModels, useSites } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Device } from '../../api/types';
import { useStream } from '../../live/live';
import { AddForm, AddModal } from '../../parts/Adding';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { macOf } from '../../text/checks';
import '../../text/phones';

/** Enters phones beforehand. The MAC field suits a barcode scanner: Enter adds. */
export default function AddPhone({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <AddModal opened={opened} onClose={onClose} title={t('phones.add.title')}>
      <Fields onClose={onClose} />
    </AddModal>
  );
}

const blank = { mac: '', model: '', site: '', name: '', line: '' };

function Fields({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const sites = useSites();
  const models = useModels();
  const extensions = useExtensions();
  const mac = useRef<HTMLInputElement>(null);
  const [another, setAnother] = useState(false);
  const form = useForm({
    initialValues: blank,
    validate: {
      mac: (v) => (macOf(v) ? null : t('phones.add.badMac')),
      site: (v) => (v ? null : t('phones.add.needSite')),
    },
  });
  const only = sites.data?.length === 1 ? sites.data[0]?.id : undefined;
  const { setFieldValue } = form;
  useEffect(() => {
    if (only) setFieldValue('site', only);
  }, [only, setFieldValue]);

  const add = useMutation({
    mutationFn: (v: typeof blank) => {
      const body = { ...v, mac: macOf(v.mac) };
      return ask<Device>('POST', '/devices', Object.fromEntries(Object.entries(body).filter(([, value]) => value !== '')));
    },
    onSuccess: (device) => {
      stream.put(device);
      tell(t('phones.add.done', { mac: device.mac }));
      if (!another) {
        onClose();
        return;
      }
      form.setValues({ mac: '', name: '', line: '' });
      mac.current?.focus();
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in blank).fields);
    },
  });
  return (
    <AddForm onSubmit={form.onSubmit((v) => add.mutate(v))} onClose={onClose} busy={add.isPending} leave={t('common.close')}>
      <Text size="sm" c="dimmed">
        {t('phones.add.text')}
      </Text>
      {add.error && Object.keys(form.errors).length === 0 && <Failed error={add.error} />}
      <TextInput
        ref={mac}
        data-autofocus
        label={t('phones.add.mac')}
        description={t('phones.add.macHelp')}
        autoComplete="off"
        spellCheck={false}
        required
        classNames={{ input: 'mono' }}
        {...form.getInputProps('mac')}
      />
      <Select
        label={t('phones.add.model')}
        placeholder={t('phones.add.modelAny')}
        data={(models.data ?? []).map((m) => ({ value: m.id, label: m.label || m.id }))}
        searchable
        clearable
        limit={100}
        {...form.getInputProps('model')}
        value={form.values.model || null}
        onChange={(v) => form.setFieldValue('model', v ?? '')}
      />
      <Select
        label={t('phones.add.site')}
        data={(sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
        allowDeselect={false}
        required
        {...form.getInputProps('site')}
        value={form.values.site || null}
        onChange={(v) => form.setFieldValue('site', v ?? '')}
      />
      <TextInput label={t('phones.add.name')} autoComplete="off" {...form.getInputProps('name')} />
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
      <Switch label={t('phones.add.another')} checked={another} onChange={(event) => setAnother(event.currentTarget.checked)} />
    </AddForm>
  );
}
