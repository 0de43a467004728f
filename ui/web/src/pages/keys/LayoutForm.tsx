import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import type { Layout } from '../../api/keys';
import { RecordForm } from '../../parts/RecordForm';
import type { FormProps } from '../../parts/Records';
import { i18next } from '../../text/i18n';
import { filled } from '../../text/rules';

const schema = z.object({ name: filled(() => i18next.t('layouts.needName')) });

export default function LayoutForm({ row, onClose }: FormProps<Layout>) {
  const { t } = useTranslation();
  return (
    <RecordForm
      path="layouts"
      row={row}
      onClose={onClose}
      values={{ name: row?.name ?? '' }}
      schema={schema}
      nameOf={(v) => v.name}
      fields={(form) => <TextInput label={t('layouts.name')} required data-autofocus autoComplete="off" {...form.getInputProps('name')} />}
    />
  );
}
