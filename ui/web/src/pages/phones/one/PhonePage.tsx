// Everything about one phone: what it is, what it asked for, why it got what it got.
import { Tabs, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import type { Device } from '../../../api/types';
import { useLive } from '../../../live/live';
import { Page } from '../../../parts/Page';
import { Guarded, Loading, Nothing } from '../../../parts/States';
import { useTabInView } from '../../../parts/useTabInView';
import { nameOf } from '../words';
import '../../../text/phones';

const PANELS = {
  overview: lazy(() => import('./Overall')),
  timeline: lazy(() => import('./TimeLine')),
  registrations: lazy(() => import('./Registrations')),
  why: lazy(() => import('./Why')),
  settings: lazy(() => import('./Settings')),
  files: lazy(() => import('./Files')),
  keys: lazy(() => import('./Keys')),
};
type Panel = keyof typeof PANELS;
const NAMES = Object.keys(PANELS) as Panel[];

export default function PhonePage() {
  return (
    <Guarded permission="devices.read">
      <OnePhone />
    </Guarded>
  );
}

function OnePhone() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { devices, loaded } = useLive();
  const device = devices.get(id);
  return (
    <Page
      title={device ? nameOf(device, t('phones.unknownModel')) : t('phones.phone')}
      back={{ to: '/phones', label: t('device.back') }}
    >
      {!loaded && <Loading />}
      {loaded && !device && <Nothing>{t('phones.detail.gone')}</Nothing>}
      {device && <Panels device={device} />}
    </Page>
  );
}

function Panels({ device }: { device: Device }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const open = NAMES.find((n) => n === params.get('tab')) ?? 'overview';
  const tabs = useTabInView(open);
  const show = (name: string | null) => setParams(name && name !== 'overview' ? { tab: name } : {}, { replace: true });
  return (
    <>
      <Text size="sm" c="dimmed" className="mono" mb="sm">
        {device.mac}
      </Text>
      <Tabs value={open} onChange={show} keepMounted={false}>
        <Tabs.List ref={tabs} mb="md" aria-label={t('device.tabsLabel')}>
          {NAMES.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`device.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {NAMES.map((name) => {
          const Content = PANELS[name];
          return (
            <Tabs.Panel key={name} value={name} maw={name === 'overview' ? 720 : undefined}>
              <Suspense fallback={<Loading />}>
                <Content device={device} />
              </Suspense>
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </>
  );
}
