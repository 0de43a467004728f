// The phones of the house, as they are at this moment.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileImport, IconHourglass, IconPlus, IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Device } from '../../api/types';
import { useLive } from '../../live/live';
import { FRESH_FOR } from '../../live/state';
import { DataList, type Column } from '../../parts/DataList';
import { Page } from '../../parts/Page';
import { Guarded, Loading, Nothing } from '../../parts/States';
import { useNow } from '../../parts/time';
import { useQueryState } from '../../parts/useQueryState';
import { useMay } from '../../session/session';
import { Arrivals } from './Arrivals';
import { LastStepCell, PhoneCell, Registered, Sits, StepBadge } from './cells';
import classes from './Phones.module.css';
import { filterOf, isWaiting, nameOf, pick } from './words';
import '../../text/phoneList';

// What is not needed to see the list comes when it is opened first.
const PhoneDrawer = lazy(() => import('./PhoneDrawer'));
const PhoneTools = lazy(() => import('./PhoneTools'));
const FirstPhone = lazy(() => import('./FirstPhone'));
const AddPhone = lazy(() => import('./AddPhone'));

export default function Phones() {
  return (
    <Guarded permission="devices.read">
      <List />
    </Guarded>
  );
}

function List() {
  const { t } = useTranslation();
  const live = useLive();
  const now = useNow(2000);
  const [params, set] = useQueryState();
  const [adding, add] = useDisclosure(false);
  const mayWrite = useMay('devices.write');
  const mayApprove = useMay('devices.approve');
  const query = params.get('q') ?? '';
  const filter = filterOf(params.get('state'));
  const opened = params.get('phone') ?? '';
  const drawer = useOnce(opened !== '');
  const dialog = useOnce(adding);
  const rows = useMemo(() => pick(live.devices.values(), query, filter), [live.devices, query, filter]);
  const waiting = useMemo(() => [...live.devices.values()].filter(isWaiting).length, [live.devices]);
  const address = (id: string) => {
    const next = new URLSearchParams(params);
    next.set('phone', id);
    return `/phones?${next.toString()}`;
  };
  const isFresh = (d: Device) => now - (live.fresh.get(d.id) ?? 0) < FRESH_FOR;

  const columns: Column<Device>[] = [
    { key: 'phone', label: t('phones.phone'), lead: true, render: (d) => <PhoneCell device={d} fresh={isFresh(d)} to={address(d.id)} /> },
    { key: 'id', label: t('phones.phoneId'), nowrap: true, render: (d) => <span className="mono">{d.phone_id}</span>, blank: (d) => !d.phone_id },
    { key: 'site', label: t('phones.site'), render: (d) => <Text size="sm">{d.site?.name}</Text>, blank: (d) => !d.site },
    {
      key: 'step',
      label: t('phones.state'),
      nowrap: true,
      render: (d) => (
        <Stack gap={6} align="flex-start">
          <StepBadge step={d.step} />
          <Registered device={d} />
        </Stack>
      ),
    },
    { key: 'sits', label: t('phones.sitting'), render: (d) => <Sits device={d} /> },
    { key: 'last', label: t('phones.lastStep'), render: (d) => <LastStepCell device={d} now={now} />, blank: (d) => !d.last_step },
  ];

  return (
    <Page
      title={t('phones.title')}
      aside={
        mayWrite && (
          <Group gap="sm">
            <Button component={Link} to="/phones/import" leftSection={<IconFileImport size={16} />} variant="default">
              {t('phones.import')}
            </Button>
            <Button leftSection={<IconPlus size={16} />} onClick={add.open} variant={live.devices.size === 0 ? 'default' : 'filled'}>
              {t('phones.addButton')}
            </Button>
          </Group>
        )
      }
    >
      <Arrivals />
      {!live.loaded && <Loading />}
      {live.loaded && live.devices.size === 0 && (
        <Suspense fallback={<Loading />}>
          <FirstPhone />
        </Suspense>
      )}
      {live.loaded && live.devices.size > 0 && (
        <>
          {waiting > 0 && filter !== 'waiting' && (
            <Alert icon={<IconHourglass />} mb="md" py="xs" className="calm">
              <Group justify="space-between" gap="xs">
                <Text size="sm">{t('phones.waitingCount', { count: waiting })}</Text>
                <Button size="compact-sm" variant="default" component={Link} to="/phones/waiting">
                  {t('phones.showWaiting')}
                </Button>
              </Group>
            </Alert>
          )}
          <div className={classes.toolbar}>
            <Suspense>
              <PhoneTools query={query} filter={filter} shown={rows.length} all={live.devices.size} onSet={set} />
            </Suspense>
          </div>
          {rows.length === 0 && <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>}
          {rows.length > 0 && (
            <DataList
              label={t('phones.title')}
              rows={rows}
              columns={columns}
              idOf={(d) => d.id}
              marked={isFresh}
              selected={opened}
              onOpen={(d) => set('phone', d.id, false)}
              actions={
                mayApprove
                  ? (d) =>
                      isWaiting(d) && (
                        <Button
                          size="xs"
                          onClick={() => set('phone', d.id, false)}
                          aria-label={t('phones.approveName', { name: `${nameOf(d, t('phones.unknownModel'))} ${d.mac}` })}
                        >
                          {t('phones.approve')}
                        </Button>
                      )
                  : undefined
              }
            />
          )}
        </>
      )}
      <Suspense>
        {drawer && <PhoneDrawer id={opened} onClose={() => set('phone', '')} />}
        {dialog && <AddPhone opened={adding} onClose={add.close} />}
      </Suspense>
    </Page>
  );
}

/** True from the first time on, so that what slides out may do so. */
function useOnce(now: boolean): boolean {
  const [ever, setEver] = useState(now);
  if (now && !ever) setEver(true);
  return ever || now;
}
