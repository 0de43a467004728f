import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../api/client';
import type { Stranger } from '../../../api/onboarding';
import { Problem } from '../../../api/problem';
import type { List } from '../../../api/types';
import { DataList, type Column } from '../../../parts/DataList';
import { Failed } from '../../../parts/States';
import { Ago, useNow } from '../../../parts/time';
import { useMay } from '../../../session/session';
import { Teach } from './Teach';

const nameOf = (s: Stranger) => s.mac || s.source;

/** Who asked in a site's network and was not recognised; the line tells when there is news. */
export function Strangers() {
  const { t } = useTranslation();
  const now = useNow(5000);
  const mayWrite = useMay('templates.write');
  const list = useQuery({
    queryKey: ['strangers'],
    queryFn: async ({ signal }) => {
      const said = await ask<List<Stranger> | Stranger[]>('GET', '/strangers', undefined, signal);
      return Array.isArray(said) ? said : (said.items ?? []);
    },
  });
  const columns: Column<Stranger>[] = [
    { key: 'who', label: t('strangers.who'), lead: true, render: (s) => <span className="mono">{[s.mac, s.source].filter(Boolean).join(' · ')}</span> },
    { key: 'agent', label: t('strangers.agent'), render: (s) => <Text size="sm">{s.user_agent || t('common.none')}</Text> },
    {
      key: 'files',
      label: t('strangers.files'),
      render: (s) =>
        (s.files ?? []).map((f) => (
          <Text key={f} size="sm" className="mono" lineClamp={1} title={f}>
            {f}
          </Text>
        )),
      blank: (s) => !s.files?.length,
    },
    { key: 'site', label: t('phones.site'), render: (s) => s.site, blank: (s) => !s.site },
    {
      key: 'last',
      label: t('strangers.last'),
      render: (s) => (
        <>
          <Ago at={s.last} now={now} />
          <Text size="xs" c="dimmed">
            {t('strangers.times', { count: s.count })}
          </Text>
        </>
      ),
    },
  ];
  // An appliance without a door for phones keeps no strangers.
  if (list.error instanceof Problem && list.error.status === 404) return null;
  return (
    <section aria-labelledby="strangers">
      <Title order={2} size="h4" id="strangers">
        {t('strangers.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('strangers.text')}
      </Text>
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <Text size="sm">{t('strangers.none')}</Text>}
      {list.data && list.data.length > 0 && (
        <DataList
          label={t('strangers.title')}
          rows={list.data}
          columns={columns}
          idOf={(s) => `${s.mac ?? ''} ${s.source} ${s.user_agent}`}
          actions={mayWrite ? (s) => <Teach path="/strangers/teach" name={nameOf(s)} said={s.mac ? { mac: s.mac } : { source: s.source, user_agent: s.user_agent }} /> : undefined}
        />
      )}
    </section>
  );
}
