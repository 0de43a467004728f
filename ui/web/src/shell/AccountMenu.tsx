import { ActionIcon, Menu, Text, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser, IconUserCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ask } from '../api/client';
import { tellProblem } from '../parts/notify';
import { useSession, useSignOut } from '../session/session';

const SCHEMES = [
  { value: 'light', key: 'light', icon: IconSun },
  { value: 'dark', key: 'dark', icon: IconMoon },
  { value: 'auto', key: 'system', icon: IconDeviceDesktop },
] as const;

export default function AccountMenu() {
  const { t } = useTranslation();
  const session = useSession();
  const signOut = useSignOut();
  const leave = useMutation({ mutationFn: () => ask('DELETE', '/session'), onSuccess: signOut, onError: tellProblem });
  const name = session?.user.email ?? '';
  return (
    <Menu position="bottom-end" width={230} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" color="gray" aria-label={t('nav.menu', { name })}>
          <IconUserCircle size={24} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="xs" c="dimmed" px="sm" py={6} truncate>
          {name}
        </Text>
        <Menu.Item component={Link} to="/account" leftSection={<IconUser size={16} />}>
          {t('nav.account')}
        </Menu.Item>
        <Menu.Divider />
        <SchemeItems />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
          {t('nav.logout')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeItems() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return SCHEMES.map(({ value, key, icon: Icon }) => (
    <Menu.Item
      key={value}
      leftSection={<Icon size={16} />}
      rightSection={colorScheme === value ? <IconCheck size={16} aria-hidden="true" /> : undefined}
      role="menuitemradio"
      aria-checked={colorScheme === value}
      onClick={() => setColorScheme(value as MantineColorScheme)}
      closeMenuOnClick={false}
    >
      {t(`nav.${key}`)}
    </Menu.Item>
  ));
}
