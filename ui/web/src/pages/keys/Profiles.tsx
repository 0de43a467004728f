// The roles of phones.
import { Anchor, Select, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as z from 'zod/mini';
import { useLayouts, type Profile } from '../../api/keys';
import { RecordForm } from '../../parts/RecordForm';
import { Records, type FormProps, type Kind } from '../../parts/Records';
import { i18next } from '../../text/i18n';
import '../../text/keys';
import { filled } from '../../text/rules';

export default function Profiles() {
  const { t } = useTranslation();
  const kind: Kind<Profile> = {
    path: 'profiles',
    title: t('profiles.title'),
    words: { add: t('profiles.add'), edit: t('profiles.edit'), empty: t('profiles.empty') },
    columns: [
      { key: 'name', label: t('profiles.name'), lead: true, render: (p) => <Text fw={600}>{p.name}</Text> },
      {
        key: 'layout',
        label: t('profiles.layout'),
        render: (p) =>
          p.layout ? (
            <Anchor component={Link} to={`/layouts/${p.layout.id}`}>
              {p.layout.name}
            </Anchor>
          ) : (
            t('profiles.noLayout')
          ),
      },
      {
        key: 'settings',
        label: t('profiles.settings'),
        render: (p) => (
          <Anchor component={Link} to={`/settings?scope=profile&id=${p.id}`} aria-label={t('profiles.settingsOf', { name: p.name })}>
            {t('profiles.settings')}
          </Anchor>
        ),
      },
    ],
    nameOf: (p) => p.name,
    textOf: (p) => `${p.name} ${p.layout?.name ?? ''}`,
    Form: ProfileForm,
  };
  return <Records kind={kind} />;
}

const schema = z.object({ name: filled(() => i18next.t('layouts.needName')) });

function ProfileForm({ row, onClose }: FormProps<Profile>) {
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
