import { Alert, Card, NativeSelect, Text, Title } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ask } from '../../api/client';
import { Problem } from '../../api/problem';
import { DHCP_SERVERS, type Snippet } from '../../api/onboarding';
import type { Site } from '../../api/types';
import { CopyBlock } from '../../parts/CopyLine';
import { Failed, Loading } from '../../parts/States';

/** Lines for the installer's own DHCP server. */
export function Dhcp({ site }: { site: Site }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const server = DHCP_SERVERS.find((s) => s === params.get('dhcp')) ?? 'dnsmasq';
  const snippet = useQuery({
    queryKey: ['dhcp', site.id, site.revision, server],
    queryFn: ({ signal }) => ask<Snippet>('GET', `/sites/${site.id}/dhcp?server=${server}`, undefined, signal),
  });
  // The appliance listens where this site cannot reach it, and nobody has said under which name it can.
  const unsaid = snippet.error instanceof Problem && snippet.error.status === 409;
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        {t('sitePage.dhcp')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('sitePage.dhcpHelp')}
      </Text>
      <NativeSelect
        label={t('sitePage.server')}
        data={DHCP_SERVERS.map((value) => ({ value, label: t(`sitePage.servers.${value}`) }))}
        value={server}
        onChange={(event) => setParams({ dhcp: event.currentTarget.value }, { replace: true })}
        maw={320}
        mb="sm"
      />
      {snippet.isPending && <Loading />}
      {unsaid && (
        <Alert color="orange" icon={<IconInfoCircle />} role="status">
          {t('sitePage.unsaid')}
        </Alert>
      )}
      {snippet.error && !unsaid && <Failed error={snippet.error} onRetry={() => void snippet.refetch()} />}
      {snippet.data && (
        <>
          {snippet.data.note && (
            <Text size="sm" mb="sm">
              {snippet.data.note}
            </Text>
          )}
          <CopyBlock value={snippet.data.text} label={t('sitePage.snippet', { server: t(`sitePage.servers.${server}`) })} />
        </>
      )}
    </Card>
  );
}
