// Vendors’ authorities, phones that speak old TLS or get their secrets over TFTP, and the export.
import { Anchor, Button, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ask, askAll } from '../../api/client';
import { Ask } from '../../parts/Ask';
import { DataList } from '../../parts/DataList';
import { tell, tellProblem } from '../../parts/notify';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading } from '../../parts/States';
import { At } from '../../parts/time';
import { useMay } from '../../session/session';
import '../../text/keeping';

const Export = lazy(() => import('./Export'));
const AddAuthority = lazy(() => import('./AddAuthority'));

interface Authority {
  id: string;
  vendor: string;
  subjects: string[];
  until: string;
}

interface OldTLS {
  device: string;
  mac: string;
  at: string;
  version: string;
  suite: string;
}

interface OverTFTP {
  device: string;
  mac: string;
  site: string;
  only_tftp: boolean;
}

export default function Security() {
  const { t } = useTranslation();
  const mayExport = useMay('export.read');
  return (
    <Guarded permission="devices.read">
      <Page title={t('security.title')}>
        <Authorities />
        <OldTLSReport />
        <OverTFTPReport />
        {mayExport && (
          <Suspense>
            <Export />
          </Suspense>
        )}
      </Page>
    </Guarded>
  );
}

function Authorities() {
  const { t } = useTranslation();
  const mayWrite = useMay('devices.write');
  const queries = useQueryClient();
  const [adding, add] = useDisclosure(false);
  const [row, setRow] = useState<Authority>();
  const list = useQuery({ queryKey: ['authorities'], queryFn: ({ signal }) => askAll<Authority>('/authorities', signal) });
  const erase = useMutation({
    mutationFn: (a: Authority) => ask('DELETE', `/authorities/${a.id}`),
    onSuccess: (_, a) => {
      tell(t('common.deleted', { name: a.vendor }));
      return queries.invalidateQueries({ queryKey: ['authorities'] });
    },
    onError: tellProblem,
    onSettled: () => setRow(undefined),
  });
  return (
    <div>
      <Title order={2} size="h4">
        {t('security.authorities')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm" maw={720}>
        {t('security.authoritiesText')}
      </Text>
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <Text mb="sm">{t('security.noAuthorities')}</Text>}
      {list.data && list.data.length > 0 && (
        <DataList
          label={t('security.authorities')}
          rows={list.data}
          idOf={(a) => a.id}
          columns={[
            { key: 'vendor', label: t('security.vendor'), lead: true, render: (a) => <Text fw={600}>{a.vendor}</Text> },
            { key: 'subject', label: t('security.subject'), render: (a) => a.subjects.join(', ') },
            { key: 'until', label: t('security.until'), render: (a) => <At at={a.until} /> },
          ]}
          actions={
            mayWrite
              ? (a) => (
                  <Button size="xs" variant="default" leftSection={<IconTrash size={14} />} aria-label={`${t('common.delete')}: ${a.vendor}`} onClick={() => setRow(a)}>
                    {t('common.delete')}
                  </Button>
                )
              : undefined
          }
        />
      )}
      {mayWrite && (
        <Button mt="sm" variant="default" leftSection={<IconPlus size={16} />} onClick={add.open}>
          {t('security.add')}
        </Button>
      )}
      {adding && (
        <Suspense>
          <AddAuthority onClose={add.close} />
        </Suspense>
      )}
      <Ask opened={!!row} title={t('common.delete')} confirm={t('common.delete')} danger busy={erase.isPending} onConfirm={() => row && erase.mutate(row)} onClose={() => setRow(undefined)}>
        {t('security.deleteText', { vendor: row?.vendor ?? '' })}
      </Ask>
    </div>
  );
}

function OldTLSReport() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ['old-tls'], queryFn: ({ signal }) => askAll<OldTLS>('/old-tls', signal) });
  return (
    <div>
      <Title order={2} size="h4" mt="xl">
        {t('security.oldTLS')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm" maw={720}>
        {t('security.oldTLSText')}
      </Text>
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <Text>{t('security.noOldTLS')}</Text>}
      {list.data && list.data.length > 0 && (
        <DataList
          label={t('security.oldTLS')}
          rows={list.data}
          idOf={(o) => `${o.device}${o.mac}${o.version}${o.suite}`}
          columns={[
            {
              key: 'phone',
              label: t('security.phone'),
              lead: true,
              render: (o) =>
                o.device ? (
                  <Anchor component={Link} to={`/phones/${o.device}`} className="mono">
                    {o.mac}
                  </Anchor>
                ) : (
                  <span className="mono">{o.mac}</span>
                ),
            },
            { key: 'version', label: t('security.version'), render: (o) => o.version },
            { key: 'suite', label: t('security.suite'), render: (o) => <span className="mono">{o.suite}</span> },
            { key: 'at', label: t('security.at'), render: (o) => <At at={o.at} /> },
          ]}
        />
      )}
    </div>
  );
}

function OverTFTPReport() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ['over-tftp'], queryFn: ({ signal }) => askAll<OverTFTP>('/over-tftp', signal) });
  return (
    <div>
      <Title order={2} size="h4" mt="xl">
        {t('security.overTFTP')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm" maw={720}>
        {t('security.overTFTPText')}
      </Text>
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <Text>{t('security.noOverTFTP')}</Text>}
      {list.data && list.data.length > 0 && (
        <DataList
          label={t('security.overTFTP')}
          rows={list.data}
          idOf={(o) => o.device}
          columns={[
            {
              key: 'phone',
              label: t('security.phone'),
              lead: true,
              render: (o) => (
                <Anchor component={Link} to={`/phones/${o.device}`} className="mono">
                  {o.mac}
                </Anchor>
              ),
            },
            { key: 'why', label: t('security.why'), render: (o) => t(o.only_tftp ? 'security.onlyTFTP' : 'security.siteTFTP') },
          ]}
        />
      )}
    </div>
  );
}
