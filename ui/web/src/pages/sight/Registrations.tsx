// Phones that are registered now, line by line.
import { Badge, Button, Group, Switch, Text, TextInput, Tooltip } from '@mantine/core';
import { IconActivity, IconAlertTriangle, IconHistory, IconPlugConnected, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useRegistrations, type Bound } from '../../api/sight';
import { useLive } from '../../live/live';
import { DataList, type Column } from '../../parts/DataList';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../../parts/States';
import { span, useNow } from '../../parts/time';
import { useQueryState } from '../../parts/useQueryState';
import { useMay } from '../../session/session';
import '../../text/phoneList';
import '../../text/sight';
import phones from '../phones/Phones.module.css';
import { nameOf } from '../phones/words';

export default function Registrations() {
  const { t } = useTranslation();
  const mayTrace = useMay('traces.read');
  return (
    <Guarded permission="registrations.read">
      <Page
        title={t('registrations.title')}
        aside={
          mayTrace && (
            <Button component={Link} to="/traces" variant="default" leftSection={<IconActivity size={16} />}>
              {t('registrations.traces')}
            </Button>
          )
        }
      >
        <List />
      </Page>
    </Guarded>
  );
}

/** News of phones are gathered this long before the list is read again, in ms. */
const GATHER = 300;

/** Reads the list again whenever the line tells that a phone has changed. */
function useNews() {
  const { devices } = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ['registrations'] }), GATHER);
    return () => clearTimeout(timer);
  }, [devices, queries]);
}

const textOf = (b: Bound) => [b.name, b.mac, b.mac.replaceAll(':', ''), b.model, b.extension, b.source, b.transport, b.user_agent].join('\n').toLowerCase();

function List() {
  const { t } = useTranslation();
  const list = useRegistrations();
  const columns = useColumns();
  useNews();
  const [params, set] = useQueryState();
  const query = params.get('q') ?? '';
  const flapping = params.get('flapping') === '1';
  if (list.isPending) return <Loading />;
  if (list.error) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.length === 0) return <Nothing icon={<IconPlugConnected />}>{t('registrations.empty')}</Nothing>;
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = list.data.filter((b) => (!flapping || b.flapping) && words.every((w) => textOf(b).includes(w)));
  return (
    <>
      <div className={phones.tools}>
        <TextInput
          className={phones.search}
          type="search"
          label={t('common.filter')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={query}
          onChange={(event) => set('q', event.currentTarget.value)}
        />
        <Switch label={t('registrations.onlyFlapping')} pb={8} checked={flapping} onChange={(event) => set('flapping', event.currentTarget.checked ? '1' : '')} />
        <Text size="sm" c="dimmed" pb={8} role="status">
          {t('registrations.count', { count: rows.length })}
        </Text>
      </div>
      {rows.length === 0 ? (
        <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>
      ) : (
        <DataList
          label={t('registrations.title')}
          rows={rows}
          columns={columns}
          idOf={(b) => `${b.device} ${b.line} ${b.source} ${b.transport}`}
          actions={(b) => (
            <Button
              component={Link}
              to={`/phones/${b.device}?tab=registrations`}
              size="xs"
              variant="default"
              leftSection={<IconHistory size={15} aria-hidden="true" />}
              aria-label={t('registrations.historyOf', { name: b.name || b.mac })}
            >
              {t('registrations.history')}
            </Button>
          )}
        />
      )}
    </>
  );
}

function useColumns(): Column<Bound>[] {
  const { t } = useTranslation();
  const { devices } = useLive();
  const called = (b: Bound) => {
    const d = devices.get(b.device);
    return d ? nameOf(d, t('phones.unknownModel')) : b.name || b.mac;
  };
  return [
    {
      key: 'phone',
      label: t('phones.phone'),
      lead: true,
      render: (b) => (
        <>
          <Group gap={8}>
            <Link to={`/phones/${b.device}`} className={phones.name} data-bound={b.mac}>
              {called(b)}
            </Link>
            {b.flapping && <Flapping />}
          </Group>
          <Text size="sm" c="dimmed" className="mono">
            {b.mac}
          </Text>
        </>
      ),
    },
    {
      key: 'who',
      label: t('registrations.who'),
      render: (b) => (
        <>
          {b.extension ? <span className="mono">{b.extension}</span> : t('registrations.nobody')}
          <Text size="sm" c="dimmed">
            {t('registrations.line', { line: b.line })}
          </Text>
        </>
      ),
    },
    {
      key: 'address',
      label: t('registrations.address'),
      nowrap: true,
      render: (b) => (
        <>
          <span className="mono">{b.source}</span>
          <Text size="sm" c="dimmed">
            {b.transport.toUpperCase()}
          </Text>
        </>
      ),
    },
    { key: 'trip', label: t('registrations.roundTrip'), nowrap: true, render: (b) => b.round_trip_ms > 0 && t('registrations.ms', { ms: b.round_trip_ms.toFixed(1) }), blank: (b) => !b.round_trip_ms },
    { key: 'expires', label: t('registrations.expires'), nowrap: true, render: (b) => <Left until={b.expires} /> },
    { key: 'agent', label: t('registrations.agent'), render: (b) => <Text size="sm">{b.user_agent}</Text>, blank: (b) => !b.user_agent },
  ];
}

/** How long is left, second by second. */
function Left({ until }: { until: string }) {
  const now = useNow(1000);
  return <span className="mono">{span((Date.parse(until) - now) / 1000)}</span>;
}

export function Flapping() {
  const { t } = useTranslation();
  return (
    <Tooltip label={t('registrations.flappingHelp')} multiline w={260} events={{ hover: true, focus: true, touch: true }}>
      <Badge size="sm" variant="default" tabIndex={0} className={phones.warning} leftSection={<IconAlertTriangle size={13} aria-hidden="true" />}>
        {t('registrations.flapping')}
      </Badge>
    </Tooltip>
  );
}
