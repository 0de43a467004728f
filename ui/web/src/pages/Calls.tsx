import { Text } from '@mantine/core';
import { IconPhoneCall, IconPhoneIncoming, IconPhonePause } from '@tabler/icons-react';
import { Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from '@tanstack/react-query';
import { askAll } from '../api/client';
import type { Call, Party, Sound } from '../api/types';
import { useLive } from '../live/live';
import { DataList, type Column } from '../parts/DataList';
import { Page } from '../parts/Page';
import { Guarded, Loading, Nothing } from '../parts/States';
import { span, useNow } from '../parts/time';
import { useMay } from '../session/session';
import '../text/records';
import { SoundDetails, SoundOf } from './sight/SoundOf';
import { StartTrace } from './sight/StartTrace';

export default function Calls() {
  return (
    <Guarded permission="calls.read">
      <List />
    </Guarded>
  );
}

const ICON = { ringing: IconPhoneIncoming, answered: IconPhoneCall, held: IconPhonePause };

function List() {
  const { t } = useTranslation();
  const mayTrace = useMay('traces.write');
  const live = useLive();
  const now = useNow(1000);
  const sound = useSound(live.calls.size > 0);
  const rows = [...live.calls.values()].sort((a, b) => b.since.localeCompare(a.since));
  const columns: Column<Call>[] = [
    { key: 'from', label: t('calls.from'), lead: true, render: (c) => <Who party={c.from} /> },
    { key: 'to', label: t('calls.to'), render: (c) => <Who party={c.to} /> },
    { key: 'state', label: t('calls.state'), render: (c) => <State state={c.state} /> },
    {
      key: 'duration',
      label: t('calls.duration'),
      render: (c) => <span className="mono">{span((now - Date.parse(c.since)) / 1000)}</span>,
    },
  ];
  const heard = (c: Call) => sound.get(c.id) ?? c.heard;
  if (rows.some((c) => heard(c)?.length))
    columns.push({ key: 'sound', label: t('sound.title'), render: (c) => <SoundOf ends={heard(c)} from={c.from.number} to={c.to.number} />, blank: (c) => !heard(c)?.length });
  if (rows.some((c) => c.codec)) columns.push({ key: 'codec', label: t('calls.codec'), render: (c) => c.codec, blank: (c) => !c.codec });
  return (
    <Page
      title={t('calls.title')}
      aside={
        rows.length > 0 && (
          <Text size="sm" c="dimmed" role="status">
            {t('calls.count', { count: rows.length })}
          </Text>
        )
      }
    >
      {!live.loaded && <Loading />}
      {live.loaded && rows.length === 0 && <Nothing icon={<IconPhoneCall />}>{t('calls.empty')}</Nothing>}
      {rows.length > 0 && <DataList label={t('calls.title')} rows={rows} columns={columns} idOf={(c) => c.id} actions={(c) => (
        <>
          <SoundDetails ends={heard(c)} from={c.from.number} to={c.to.number} />
          {mayTrace && <StartTrace of={{ call: c.id }} name={`${c.from.number} ${c.to.number}`} />}
        </>
      )} />}
    </Page>
  );
}

/** Figures change all the time and are no news: the page asks for them while it is looked at. */
function useSound(any: boolean): Map<string, Sound[] | null | undefined> {
  const { data } = useQuery({ queryKey: ['calls', 'sound'], queryFn: ({ signal }) => askAll<Call>('/calls', signal), enabled: any, refetchInterval: 5000 });
  return new Map((data ?? []).map((c) => [c.id, c.heard]));
}

function Who({ party }: { party: Party }) {
  return (
    <Text fw={500}>
      <span className="mono">{party.number}</span> {party.name}
    </Text>
  );
}

function State({ state }: { state: string }) {
  const { t } = useTranslation();
  const known = state === 'ringing' || state === 'answered' || state === 'held';
  const Icon = known ? ICON[state] : IconPhoneCall;
  return (
    <Group gap={6} wrap="nowrap">
      <Icon size={18} aria-hidden="true" />
      {known ? t(`calls.states.${state}`) : state}
    </Group>
  );
}
