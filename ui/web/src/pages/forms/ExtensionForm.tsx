import { Select, SimpleGrid, Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as z from 'zod/mini';
import { useSites, useUsers } from '../../api/lists';
import type { Extension } from '../../api/types';
import { KnownPassword } from '../../parts/PasswordField';
import { isExtension } from '../../text/checks';
import { i18next } from '../../text/i18n';
import { filled, text } from '../../text/rules';
import { RecordForm } from '../../parts/RecordForm';
import type { FormProps } from '../../parts/Records';
import '../../text/setup';

interface Values {
  number: string;
  name: string;
  site: string;
  user: string;
  default_pin: string;
  hot_desk: boolean;
  do_not_disturb: boolean;
}

const schema = z.object({
  number: text(isExtension, () => i18next.t('setup.extensions.badNumber')),
  name: filled(() => i18next.t('setup.extensions.needName')),
  default_pin: text((v) => /^(\d{4,8})?$/.test(v), () => i18next.t('extensions.badPin')),
});

export default function ExtensionForm({ row, onClose }: FormProps<Extension>) {
  const navigate = useNavigate();
  const values: Values = {
    number: row?.number ?? '',
    name: row?.name ?? '',
    site: row?.site?.id ?? '',
    user: row?.user?.id ?? '',
    default_pin: '',
    hot_desk: row?.hot_desk ?? true,
    do_not_disturb: row?.do_not_disturb ?? false,
  };
  return (
    <RecordForm
      path="extensions"
      row={row}
      onClose={onClose}
      values={values}
      schema={schema}
      nameOf={(v) => `${v.number} ${v.name}`.trim()}
      onAdded={(now) => void navigate(`/extensions?added=${encodeURIComponent(now.id)}`, { replace: true })}
      fields={(form) => <Fields form={form} />}
    />
  );
}

function Fields({ form }: { form: UseFormReturnType<Values> }) {
  const { t } = useTranslation();
  const sites = useSites();
  const users = useUsers();
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={t('extensions.number')} required inputMode="numeric" autoComplete="off" data-autofocus {...form.getInputProps('number')} />
        <TextInput label={t('extensions.name')} required autoComplete="off" {...form.getInputProps('name')} />
        <Select
          label={t('extensions.site')}
          data={(sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
          clearable
          {...form.getInputProps('site')}
          value={form.values.site || null}
          onChange={(v) => form.setFieldValue('site', (v ?? '') as never)}
        />
        <Select
          label={t('extensions.user')}
          data={(users.data ?? []).map((u) => ({ value: u.id, label: u.email }))}
          searchable
          clearable
          limit={100}
          {...form.getInputProps('user')}
          value={form.values.user || null}
          onChange={(v) => form.setFieldValue('user', (v ?? '') as never)}
        />
      </SimpleGrid>
      <KnownPassword
        label={t('extensions.pin')}
        description={t('extensions.pinHelp')}
        inputMode="numeric"
        autoComplete="off"
        {...form.getInputProps('default_pin')}
      />
      <Switch label={t('extensions.hotDeskLabel')} {...form.getInputProps('hot_desk', { type: 'checkbox' })} />
      <Switch label={t('extensions.dnd')} {...form.getInputProps('do_not_disturb', { type: 'checkbox' })} />
    </>
  );
}
