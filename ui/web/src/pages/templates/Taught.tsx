// The models that were taught, with the signs by which their phones are recognised.
import { Anchor, Button, Text } from '@mantine/core';
import { IconSchool, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ask, askAll } from '../../api/client';
import { Ask } from '../../parts/Ask';
import { DataList, type Column } from '../../parts/DataList';
import { tell, tellProblem } from '../../parts/notify';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../../parts/States';
import { At } from '../../parts/time';
import { useMay } from '../../session/session';
import '../../text/templates';

interface Taught {
  id: string;
  model: string;
  label: string;
  at: string;
  by: string;
  phones: number;
  user_agent_rules: string[] | null;
  mac_prefixes: string[] | null;
  files: string[] | null;
}

export default function TaughtModels() {
  const { t } = useTranslation();
  return (
    <Guarded permission="templates.read">
      <Page title={t('taught.title')} back={{ to: '/templates', label: t('models.title') }}>
        <Text size="sm" c="dimmed" mb="md" maw={720}>
          {t('taught.text')}
        </Text>
        <List />
      </Page>
    </Guarded>
  );
}

function List() {
  const { t } = useTranslation();
  const mayWrite = useMay('templates.write');
  const queries = useQueryClient();
  const [row, setRow] = useState<Taught>();
  const list = useQuery({ queryKey: ['taught-models'], queryFn: ({ signal }) => askAll<Taught>('/taught-models', signal) });
  const forget = useMutation({
    mutationFn: (m: Taught) => ask('DELETE', `/taught-models/${m.id}`),
    onSuccess: (_, m) => {
      tell(t('taught.forgotten', { name: m.label }));
      void queries.invalidateQueries({ queryKey: ['templates'] });
      return queries.invalidateQueries({ queryKey: ['taught-models'] });
    },
    onError: tellProblem,
    onSettled: () => setRow(undefined),
  });
  if (list.isPending) return <Loading />;
  if (list.error) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.length === 0) return <Nothing icon={<IconSchool />}>{t('taught.none')}</Nothing>;
  const rules = (texts: string[] | null, none: string) =>
    texts?.length ? (
      texts.map((text) => (
        <div key={text} className="mono address">
          {text}
        </div>
      ))
    ) : (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  const columns: Column<Taught>[] = [
    {
      key: 'model',
      label: t('models.model'),
      lead: true,
      render: (m) => (
        <>
          <Anchor component={Link} to={`/templates/${m.model}`} fw={600}>
            {m.label}
          </Anchor>
          <Text size="sm" c="dimmed" className="mono">
            {m.model}
          </Text>
        </>
      ),
    },
    { key: 'agent', label: t('taught.agent'), render: (m) => rules(m.user_agent_rules, t('taught.ofVendor')) },
    { key: 'prefix', label: t('taught.prefix'), render: (m) => rules(m.mac_prefixes, t('common.none')) },
    { key: 'files', label: t('taught.files'), render: (m) => rules(m.files, t('taught.inherited')) },
    { key: 'phones', label: t('taught.phones'), render: (m) => m.phones },
    {
      key: 'at',
      label: t('taught.at'),
      render: (m) => (
        <>
          <At at={m.at} short />
          {m.by && (
            <Text size="sm" c="dimmed">
              {m.by}
            </Text>
          )}
        </>
      ),
    },
  ];
  return (
    <>
      <DataList
        label={t('taught.title')}
        rows={list.data}
        columns={columns}
        idOf={(m) => m.id}
        actions={
          mayWrite
            ? (m) => (
                <Button size="xs" variant="default" leftSection={<IconTrash size={14} />} aria-label={t('taught.forgetName', { name: m.label })} onClick={() => setRow(m)}>
                  {t('taught.forget')}
                </Button>
              )
            : undefined
        }
      />
      <Ask opened={!!row} title={t('taught.forgetName', { name: row?.label ?? '' })} confirm={t('taught.forget')} danger busy={forget.isPending} onConfirm={() => row && forget.mutate(row)} onClose={() => setRow(undefined)}>
        {t('taught.forgetText')}
      </Ask>
    </>
  );
}
