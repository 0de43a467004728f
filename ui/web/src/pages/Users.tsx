import { ActionIcon, Badge, Group, Text, Tooltip } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { User } from '../api/types';
import { Records, type Kind } from '../parts/Records';
import { useMay, useSession } from '../session/session';
import { lazy } from 'react';
import '../text/records';

const UserForm = lazy(() => import('./forms/UserForm'));

export default function Users() {
  const { t } = useTranslation();
  const owners = useMay('owners.write');
  const numbers = useMay('numbers.read');
  const own = useSession()?.user.id;
  const kind: Kind<User> = {
    path: 'users',
    title: t('users.title'),
    words: { add: t('users.add'), edit: t('users.edit'), empty: t('users.empty') },
    columns: [
      {
        key: 'email',
        label: t('users.email'),
        lead: true,
        render: (u) => (
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {u.email}
            </Text>
            {u.id === own && (
              <Badge variant="default" size="sm">
                {t('users.self')}
              </Badge>
            )}
          </Group>
        ),
      },
      {
        key: 'name',
        label: t('common.name'),
        render: (u) => [u.first_name, u.last_name].filter(Boolean).join(' '),
        blank: (u) => !u.first_name && !u.last_name,
      },
      { key: 'role', label: t('users.role'), render: (u) => t(`role.${u.role}`) },
      { key: 'portal', label: t('users.portal'), render: (u) => (u.portal ? t('common.yes') : t('common.no')) },
    ],
    nameOf: (u) => u.email,
    textOf: (u) => `${u.email} ${u.first_name} ${u.last_name} ${t(`role.${u.role}`)}`,
    Form: UserForm,
    more: numbers
      ? (u) => (
          <Tooltip label={t('nav.telephony')}>
            <ActionIcon component={Link} to={`/users/${u.id}`} variant="subtle" color="gray" size="lg" aria-label={t('users.telephony', { name: u.email })}>
              <IconPhone size={18} />
            </ActionIcon>
          </Tooltip>
        )
      : undefined,
    mayChange: (u) => owners || u.role !== 'owner',
    mayDelete: (u) => u.id !== own && (owners || u.role !== 'owner'),
  };
  return <Records kind={kind} />;
}
