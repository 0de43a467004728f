// The own templates of one model.
import { ActionIcon, Anchor, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ask } from '../../api/client';
import { useOwnTemplates, type OwnTemplate } from '../../api/templates';
import { Ask } from '../../parts/Ask';
import { DataList } from '../../parts/DataList';
import { tell, tellProblem } from '../../parts/notify';
import { Failed, Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import { inForce, scopeName } from './words';

export function OwnList({ model }: { model: string }) {
  const { t } = useTranslation();
  const mayWrite = useMay('templates.write');
  const own = useOwnTemplates();
  const queries = useQueryClient();
  const [row, setRow] = useState<OwnTemplate>();
  const [opened, dialog] = useDisclosure(false);
  const erase = useMutation({
    mutationFn: (one: OwnTemplate) => ask('DELETE', `/custom-templates/${one.id}`),
    onSuccess: (_, one) => {
      tell(t('templates.deleted', { name: one.name }));
      void queries.invalidateQueries({ queryKey: ['templates'] });
      return queries.invalidateQueries({ queryKey: ['custom-templates'] });
    },
    onError: tellProblem,
    onSettled: dialog.close,
  });
  if (own.isPending) return <Loading />;
  if (own.error) return <Failed error={own.error} onRetry={() => void own.refetch()} />;
  const rows = own.data.filter((o) => o.model === model);
  if (rows.length === 0) return <Text c="dimmed">{t('models.ownEmpty')}</Text>;
  return (
    <>
      <DataList
        label={t('models.own')}
        rows={rows}
        idOf={(o) => o.id}
        columns={[
          {
            key: 'name',
            label: t('templates.name'),
            lead: true,
            render: (o) => (
              <Anchor component={Link} to={`/templates/${model}/${o.id}`} fw={600}>
                {o.name}
              </Anchor>
            ),
          },
          { key: 'file', label: t('templates.file'), render: (o) => <span className="mono">{o.file}</span> },
          { key: 'scope', label: t('templates.scope'), render: scopeName },
          { key: 'state', label: t('templates.state'), render: inForce },
          { key: 'phones', label: t('templates.phones'), render: (o) => <Phones of={o} /> },
        ]}
        actions={
          mayWrite
            ? (o) => (
                <Tooltip label={t('common.delete')}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={`${t('common.delete')}: ${o.name}`}
                    onClick={() => {
                      setRow(o);
                      dialog.open();
                    }}
                  >
                    <IconTrash size={18} />
                  </ActionIcon>
                </Tooltip>
              )
            : undefined
        }
      />
      <Ask opened={opened} title={t('common.delete')} confirm={t('common.delete')} danger busy={erase.isPending} onConfirm={() => row && erase.mutate(row)} onClose={dialog.close}>
        {t('templates.deleteText', { name: row?.name ?? '' })}
      </Ask>
    </>
  );
}

/** How many phones it concerns, and for how many it fails. */
export function Phones({ of }: { of: OwnTemplate }) {
  const { t } = useTranslation();
  return (
    <>
      {t('templates.phonesCount', { count: of.phones })}
      {of.failing > 0 && (
        <Text size="sm" c="red" span title={t('templates.failingHelp')}>
          {' '}
          {t('templates.failing', { count: of.failing })}
        </Text>
      )}
    </>
  );
}
