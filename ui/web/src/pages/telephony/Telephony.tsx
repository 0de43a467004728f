// The numbers of a site: whose they are, and at which handset they are logged in.
import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPhoneOff, IconPlus, IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useExtensions, useSites } from '../../api/lists';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../../parts/States';
import { useMay } from '../../session/session';
import '../../text/telephony';

const List = lazy(() => import('./List'));
const AddNumber = lazy(() => import('./AddNumber'));

export default function Telephony() {
  return (
    <Guarded permission="numbers.read">
      <Sited />
    </Guarded>
  );
}

/** The first site by its name is chosen; where there is but one its name stands alone. */
function Sited() {
  const { t } = useTranslation();
  const sites = useSites();
  const extensions = useExtensions();
  const queries = useQueryClient();
  const mayWrite = useMay('numbers.write');
  const [adding, add] = useDisclosure(false);
  const [params, setParams] = useSearchParams();
  const order = useMemo(() => [...(sites.data ?? [])].sort((a, b) => a.name.localeCompare(b.name)), [sites.data]);
  const site = order.find((s) => s.id === params.get('site')) ?? order[0];
  const refresh = () => void Promise.all(['numbers', 'extensions', 'users', 'sites'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  return (
    <Page
      title={t('telephony.title')}
      aside={
        <Group gap="xs">
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={refresh}>
            {t('telephony.refresh')}
          </Button>
          {mayWrite && site && (
            <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
              {t('telephony.add')}
            </Button>
          )}
        </Group>
      }
    >
      {sites.isPending && <Loading />}
      {sites.error && <Failed error={sites.error} onRetry={() => void sites.refetch()} />}
      {sites.data?.length === 0 && <Nothing icon={<IconPhoneOff />}>{t('telephony.noSites')}</Nothing>}
      {site && (
        <>
          <Group align="flex-end" mb="md" gap="sm">
            {order.length > 1 ? (
              <NativeSelect
                label={t('telephony.site')}
                data={order.map((s) => ({ value: s.id, label: s.name }))}
                value={site.id}
                onChange={(event) => setParams({ site: event.currentTarget.value }, { replace: true })}
              />
            ) : (
              <Text fw={600} pb={6}>
                {site.name}
              </Text>
            )}
          </Group>
          <Suspense fallback={<Loading />}>
            <List key={site.id} site={site} served={extensions.data?.length !== 0} />
          </Suspense>
        </>
      )}
      {adding && site && (
        <Suspense>
          <AddNumber site={site} onClose={add.close} />
        </Suspense>
      )}
    </Page>
  );
}
