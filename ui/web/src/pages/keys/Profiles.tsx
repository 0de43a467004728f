// The roles of phones.
import { Anchor, Text } from '@mantine/core';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Profile } from '../../api/keys';
import { Records, type Kind } from '../../parts/Records';
import '../../text/keys';

const ProfileForm = lazy(() => import('./ProfileForm'));

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
