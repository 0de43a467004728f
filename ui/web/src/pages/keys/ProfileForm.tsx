import { Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import { useLayouts, type Profile } from '../../api/keys';
import { RecordForm } from '../../parts/RecordForm';
import type { FormProps } from '../../parts/Records';
import { i18next } from '../../text/i18n';
import { filled } from '../../text/rules';

const schema = z.object({ name: filled(() => i18next.t('layouts.needName')) });

export default function ProfileForm({ row, onClose }: FormProps<Profile>) {
  const { t } = useTranslation();
  const layouts = useLayouts();
  const choices = (layouts.data ?? []).map((l) => ({ value: l.id, label: l.name }));
  return (
    <RecordForm
      path="profiles"
      row={row}
      onClose={onClose}
      values={{ name: row?.name ?? '', layout: row?.layout?.id ?? '' }}
      schema={schema}
      nameOf={(v) => v.name}
      fields={(form) => (
        <>
          <TextInput label={t('profiles.name')} required data-autofocus autoComplete="off" {...form.getInputProps('name')} />
          <Select
            label={t('profiles.layout')}
            data={[{ value: '', label: t('profiles.noLayout') }, ...choices]}
            allowDeselect={false}
            searchable
            openOnFocus={false}
            {...form.getInputProps('layout')}
          />
        </>
      )}
    />
  );
}
