// The layouts of keys.
import { Anchor, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as z from 'zod/mini';
import type { Layout } from '../../api/keys';
import { RecordForm } from '../../parts/RecordForm';
import { Records, type FormProps, type Kind } from '../../parts/Records';
import { i18next } from '../../text/i18n';
import '../../text/keys';
import { filled } from '../../text/rules';

export default function Layouts() {
  const { t } = useTranslation();
  const kind: Kind<Layout> = {
    path: 'layouts',
    title: t('layouts.title'),
    words: { add: t('layouts.add'), edit: t('layouts.edit'), empty: t('layouts.empty') },
    columns: [
      {
        key: 'name',
        label: t('layouts.name'),
        lead: true,
        render: (l) => (
          <Anchor component={Link} to={`/layouts/${l.id}`} fw={600} aria-label={t('layouts.designOf', { name: l.name })}>
            {l.name}
          </Anchor>
        ),
      },
      { key: 'keys', label: t('layouts.count'), render: (l) => l.keys.length },
    ],
    nameOf: (l) => l.name,
    textOf: (l) => l.name,
    Form: LayoutForm,
  };
  return <Records kind={kind} />;
}

const schema = z.object({ name: filled(() => i18next.t('layouts.needName')) });

function LayoutForm({ row, onClose }: FormProps<Layout>) {
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
