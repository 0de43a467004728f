// What went wrong that somebody should know of.
import { Badge, Group, NativeSelect, Text } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useSites } from '../../api/lists';
import type { Alarm } from '../../api/onboarding';
import { DataList, type Column } from '../../parts/DataList';
import { sentence } from '../../parts/problemText';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../../parts/States';
import { At } from '../../parts/time';
import '../../text/alarms';
import '../../text/phones';
import { useAlarms } from './alarms';
import { isNew, see, useSeen } from './seen';

export default function Alarms() {
  return (
    <Guarded permission="devices.read">
      <List />
    </Guarded>
  );
}

function List() {
  const { t, i18n } = useTranslation();
  const sites = useSites();
  const siteName = (id?: string) => sites.data?.find((s) => s.id === id)?.name;
  // A kind that is newer than these pages is shown as the appliance calls it.
  const kindName = (kind: string) => (i18n.exists(`alarms.kinds.${kind}`) ? t(`alarms.kinds.${kind as 'token'}`) : kind);
  const [params, setParams] = useSearchParams();
  const list = useAlarms();
  // What was new when the page was opened is marked as long as it is open.
  const now = useSeen();
  const [before] = useState(now);
  const { data } = list;
  useEffect(() => {
    if (data) see(data);
  }, [data]);
  const kind = params.get('kind') ?? '';
  const kinds = [...new Set((data ?? []).map((a) => a.kind))].sort();
  const rows = (data ?? []).filter((a) => !kind || a.kind === kind);
  const columns: Column<Alarm>[] = [
    {
      key: 'text',
      label: t('alarms.text'),
      lead: true,
      render: (a) => (
        <>
          <Group gap={8}>
            <Text size="sm" fw={500}>
              {sentence(a.text)}
            </Text>
            {isNew(a, before) && <Badge size="sm">{t('alarms.new')}</Badge>}
          </Group>
          <Text size="xs" c="dimmed">
            {a.means}
          </Text>
        </>
      ),
    },
    { key: 'kind', label: t('alarms.kind'), render: (a) => kindName(a.kind) },
    { key: 'who', label: t('alarms.who'), render: (a) => <Who alarm={a} />, blank: (a) => !a.mac && !a.source },
    { key: 'site', label: t('phones.site'), render: (a) => siteName(a.site), blank: (a) => !siteName(a.site) },
    {
      key: 'last',
      label: t('alarms.last'),
      nowrap: true,
      render: (a) => (
        <>
          <At at={a.at} short />
          {a.count > 1 && (
            <Text size="xs" c="dimmed">
              {t('strangers.times', { count: a.count })}
            </Text>
          )}
        </>
      ),
    },
  ];
  return (
    <Page title={t('alarms.title')}>
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {data?.length === 0 && <Nothing icon={<IconBell />}>{t('alarms.none')}</Nothing>}
      {data && data.length > 0 && (
        <>
          <NativeSelect
            label={t('alarms.kind')}
            data={[{ value: '', label: t('alarms.anyKind') }, ...kinds.map((value) => ({ value, label: kindName(value) }))]}
            value={kind}
            onChange={(event) => setParams(event.currentTarget.value ? { kind: event.currentTarget.value } : {}, { replace: true })}
            maw={260}
            mb="md"
          />
          <DataList label={t('alarms.title')} rows={rows} columns={columns} idOf={(a) => `${a.kind} ${a.mac} ${a.site} ${a.source} ${a.text}`} marked={(a) => isNew(a, before)} />
        </>
      )}
    </Page>
  );
}

/** The phone, where it is one of ours, and the address. */
function Who({ alarm }: { alarm: Alarm }) {
  return (
    <span className="mono">
      {alarm.device ? <Link to={`/phones/${alarm.device}?tab=why`}>{alarm.mac}</Link> : alarm.mac} {alarm.source}
    </span>
  );
}
