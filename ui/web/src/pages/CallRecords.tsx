import { Button, Group, Text } from '@mantine/core';
import { IconCircleCheck, IconHistory, IconPhoneX } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../api/client';
import type { CallRecord, List as Listed } from '../api/types';
import { DataList, type Column } from '../parts/DataList';
import { Page } from '../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../parts/States';
import { At, said, span } from '../parts/time';
import '../text/records';
import { SoundDetails, SoundOf } from './sight/SoundOf';

export default function CallRecords() {
  return (
    <Guarded permission="callrecords.read">
      <List />
    </Guarded>
  );
}

function List() {
  const { t } = useTranslation();
  const records = useInfiniteQuery({
    queryKey: ['callrecords'],
    queryFn: ({ pageParam, signal }) =>
      ask<Listed<CallRecord>>('GET', `/callrecords?limit=100${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`, undefined, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
  });
  const rows = records.data?.pages.flatMap((p) => p.items ?? []) ?? [];
  const columns: Column<CallRecord>[] = [
    { key: 'started', label: t('callrecords.started'), lead: true, render: (c) => <At at={c.started} /> },
    {
      key: 'from',
      label: t('callrecords.from'),
      render: (c) => (
        <>
          <span className="mono">{c.from}</span> {c.from_name}
        </>
      ),
    },
    { key: 'to', label: t('callrecords.to'), render: (c) => <span className="mono">{c.to}</span> },
    { key: 'result', label: t('callrecords.result'), render: (c) => <Result record={c} /> },
    {
      key: 'duration',
      label: t('callrecords.duration'),
      render: (c) => said(c.answered) && <span className="mono">{span((Date.parse(c.ended) - Date.parse(c.answered)) / 1000)}</span>,
      blank: (c) => !said(c.answered),
    },
    { key: 'sound', label: t('sound.title'), render: (c) => said(c.answered) && <SoundOf ends={c.legs} from={c.from} to={c.to} over />, blank: (c) => !said(c.answered) },
  ];
  return (
    <Page title={t('callrecords.title')}>
      {records.isPending && <Loading />}
      {records.error && <Failed error={records.error} onRetry={() => void records.refetch()} />}
      {records.data && rows.length === 0 && <Nothing icon={<IconHistory />}>{t('callrecords.empty')}</Nothing>}
      {rows.length > 0 && <DataList label={t('callrecords.title')} rows={rows} columns={columns} idOf={(c) => c.id} actions={(c) => said(c.answered) && <SoundDetails ends={c.legs} from={c.from} to={c.to} over />} />}
      {records.hasNextPage && (
        <Button variant="default" mt="sm" loading={records.isFetchingNextPage} onClick={() => void records.fetchNextPage()}>
          {t('callrecords.more')}
        </Button>
      )}
    </Page>
  );
}

/** Words for the SIP statuses that people meet; others are shown by their number. */
const RESULT: Partial<Record<number, 'noNumber' | 'away' | 'busy' | 'givenUp' | 'noWay' | 'declined'>> = {
  404: 'noNumber', 480: 'away', 486: 'busy', 487: 'givenUp', 503: 'noWay', 600: 'busy', 603: 'declined',
};

function Result({ record }: { record: CallRecord }) {
  const { t } = useTranslation();
  const good = said(record.answered);
  const Icon = good ? IconCircleCheck : IconPhoneX;
  const known = RESULT[record.status];
  const missed = known ? t(`callrecords.results.${known}`) : t('callrecords.missed', { status: record.status });
  const who = record.ended_by === 'caller' || record.ended_by === 'callee' || record.ended_by === 'system' ? record.ended_by : undefined;
  const hungUp = who && t('callrecords.by', { who: t(`callrecords.who.${who}`) });
  const why = record.reason === 'hung up' ? '' : record.reason;
  const more = good ? why || hungUp : known && t('callrecords.sip', { status: record.status });
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Icon size={18} aria-hidden="true" />
      <div>
        <Text size="sm">{good ? t('callrecords.answered') : missed}</Text>
        {more && (
          <Text size="xs" c="dimmed">
            {more}
          </Text>
        )}
      </div>
    </Group>
  );
}
