// The frame of all pages behind the log-in: navigation, account, connection.
import icon from '../icon.svg';
import { AppShell, Badge, Box, Burger, Group, NavLink, ScrollArea, Text, Tooltip } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import {
  IconAddressBook, IconAdjustments, IconArmchair, IconBuilding, IconCpu, IconDeviceLandlinePhone, IconHash, IconHistory, IconId, IconKeyboard, IconListDetails, IconMusic,
  IconPhone, IconPhoneCall, IconPlugConnected, IconPlugConnectedX, IconRouter, IconShieldLock, IconTemplate, IconUsers,
} from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useLive } from '../live/live';
import { useSession } from '../session/session';
import classes from './Shell.module.css';

const AccountMenu = lazy(() => import('./AccountMenu'));
const Bell = lazy(() => import('./Bell'));

/** The pages, in groups: what is plugged in, who uses it, what it is told, what it does. */
const PLACES = [
  { group: 'phones', to: '/phones', key: 'phones', icon: IconDeviceLandlinePhone, permission: 'devices.read' },
  { group: 'phones', to: '/devices', key: 'devices', icon: IconListDetails, permission: 'devices.read' },
  { group: 'phones', to: '/floor', key: 'floor', icon: IconArmchair, permission: 'devices.read' },
  { group: 'people', to: '/telephony', key: 'telephony', icon: IconPhone, permission: 'numbers.read' },
  { group: 'people', to: '/extensions', key: 'extensions', icon: IconHash, permission: 'extensions.read' },
  { group: 'people', to: '/users', key: 'users', icon: IconUsers, permission: 'users.read' },
  { group: 'people', to: '/contacts', key: 'contacts', icon: IconAddressBook, permission: 'contacts.read' },
  { group: 'settings', to: '/templates', key: 'templates', icon: IconTemplate, permission: 'templates.read' },
  { group: 'settings', to: '/layouts', key: 'layouts', icon: IconKeyboard, permission: 'layouts.read' },
  { group: 'settings', to: '/profiles', key: 'profiles', icon: IconId, permission: 'profiles.read' },
  { group: 'settings', to: '/settings', key: 'settings', icon: IconAdjustments, permission: 'settings.read' },
  { group: 'settings', to: '/firmware', key: 'firmware', icon: IconCpu, permission: 'firmware.read' },
  { group: 'settings', to: '/sounds', key: 'sounds', icon: IconMusic, permission: 'sounds.read' },
  { group: 'house', to: '/sites', key: 'sites', icon: IconBuilding, permission: 'sites.read' },
  { group: 'house', to: '/security', key: 'security', icon: IconShieldLock, permission: 'devices.read' },
  { group: 'calls', to: '/registrations', key: 'registrations', icon: IconRouter, permission: 'registrations.read' },
  { group: 'calls', to: '/calls', key: 'calls', icon: IconPhoneCall, permission: 'calls.read' },
  { group: 'calls', to: '/callrecords', key: 'callrecords', icon: IconHistory, permission: 'callrecords.read' },
] as const;

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const session = useSession();
  const [opened, menu] = useDisclosure(false);
  const burger = useRef<HTMLButtonElement>(null);
  const small = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const { pathname } = useLocation();
  const { close } = menu;
  useEffect(close, [pathname, close]);
  const places = PLACES.filter((p) => session?.permissions.includes(p.permission));
  const hidden = small && !opened;

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && opened && small) {
          close();
          burger.current?.focus();
        }
      }}
    >
      <a className="skip" href="#content" onClick={skip}>
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              ref={burger}
              hiddenFrom="sm"
              size="sm"
              opened={opened}
              onClick={menu.toggle}
              aria-label={opened ? t('nav.close') : t('nav.open')}
              aria-expanded={opened}
              aria-controls="navigation"
            />
            <Link to="/" className={classes.brand}>
              <img src={icon} alt="" width={28} height={28} />
              <Text fw={700} span>
                {t('product')}
              </Text>
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            {session?.permissions.includes('devices.read') && (
              <Suspense>
                <Bell />
              </Suspense>
            )}
            {places.length > 0 && <Connection />}
            <Suspense fallback={<Box w={34} />}>
              <AccountMenu />
            </Suspense>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar id="navigation" p="xs" aria-label={t('nav.label')} inert={hidden}>
        <AppShell.Section grow component={ScrollArea}>
          {places.map(({ group, to, key, icon: Icon }, i) => (
            <NavLink
              key={to}
              data-first={i > 0 && places[i - 1]?.group !== group}
              component={Link}
              to={to}
              label={t(`nav.${key}`)}
              leftSection={<Icon size={20} stroke={1.6} aria-hidden="true" />}
              active={pathname === to || pathname.startsWith(`${to}/`)}
              aria-current={pathname === to ? 'page' : undefined}
              className={classes.place}
            />
          ))}
        </AppShell.Section>
        <AppShell.Section px="sm" py="xs">
          <Text size="xs" c="dimmed" truncate>
            {session?.organization.name}
          </Text>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function skip(event: React.MouseEvent) {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/** Says whether what one sees is up to date. */
function Connection() {
  const { t } = useTranslation();
  const { link } = useLive();
  const lost = link === 'lost';
  return (
    <Tooltip label={t('link.lostHelp')} disabled={!lost} multiline w={240} events={{ hover: true, focus: true, touch: true }}>
      <Badge
        role="status"
        variant="default"
        size="lg"
        className={classes.link}
        tabIndex={lost ? 0 : undefined}
        leftSection={lost ? <IconPlugConnectedX size={14} aria-hidden="true" /> : <IconPlugConnected size={14} aria-hidden="true" />}
        data-link={link}
      >
        {t(`link.${link}`)}
      </Badge>
    </Tooltip>
  );
}
