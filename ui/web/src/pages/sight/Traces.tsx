// The traces that run, or that can still be read.
import { Anchor, Text } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useTraces, type Trace } from '../../api/sight';
import { DataList, type Column } from '../../parts/DataList';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../../parts/States';
import { At } from '../../parts/time';
import '../../text/sight';

export default function Traces() {
  const { t } = useTranslation();
  return (
    <Guarded permission="traces.read">
      <Page title={t('traces.title')} back={{ to: '/registrations', label: t('registrations.title') }}>
        <Text size="sm" c="dimmed" mb="md" maw={720}>
          {t('traces.text')}
        </Text>
        <List />
      </Page>
    </Guarded>
  );
}

function List() {
  const { t } = useTranslation();
  const list = useTraces(true);
  if (list.isPending) return <Loading />;
  if (list.error) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.length === 0) return <Nothing icon={<IconActivity />}>{t('traces.empty')}</Nothing>;
  const columns: Column<Trace>[] = [
    {
      key: 'name',
      label: t('traces.name'),
      lead: true,
      render: (one) => (
        <Anchor component={Link} to={`/traces/${one.id}`} fw={600}>
          {one.name}
        </Anchor>
      ),
    },
    { key: 'state', label: t('traces.state'), render: (one) => <State trace={one} /> },
    { key: 'messages', label: t('traces.messages'), render: (one) => one.messages },
    { key: 'by', label: t('traces.by'), render: (one) => one.by },
    { key: 'started', label: t('traces.started'), nowrap: true, render: (one) => <At at={one.started} short /> },
  ];
  return <DataList label={t('traces.title')} rows={list.data} columns={columns} idOf={(one) => one.id} />;
}

export function State({ trace }: { trace: Trace }) {
  const { t } = useTranslation();
  return (
    <span data-trace={trace.running ? 'running' : 'ended'}>
      {trace.running ? t('traces.running') : t('traces.ended')} <At at={trace.ends} short />
    </span>
  );
}
