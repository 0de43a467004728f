// The versions of a template, and which of them is in force.
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { versionOf, type OwnTemplate, type Version } from '../../api/templates';
import type { List } from '../../api/types';
import { tellProblem } from '../../parts/notify';
import { Failed, Loading } from '../../parts/States';
import { At } from '../../parts/time';
import { useMay } from '../../session/session';
import { Activate } from './Activate';

export function VersionsPanel({ template, onLoad }: { template: OwnTemplate; onLoad: (version: Version) => void }) {
  const { t } = useTranslation();
  const mayWrite = useMay('templates.write');
  const queries = useQueryClient();
  const [choice, setChoice] = useState<number>();
  const versions = useQuery({
    queryKey: ['custom-templates', template.id, 'versions', 'list'],
    queryFn: ({ signal }) => ask<List<Version>>('GET', `/custom-templates/${template.id}/versions`, undefined, signal),
  });
  if (versions.isPending) return <Loading />;
  if (versions.error) return <Failed error={versions.error} onRetry={() => void versions.refetch()} />;
  const all = versions.data.items ?? [];
  const load = (number: number) => queries.fetchQuery(versionOf(template.id, number)).then(onLoad, tellProblem);
  return (
    <Stack gap="sm">
      {all.length === 0 && <Text c="dimmed">{t('templates.versions.empty')}</Text>}
      <Stack component="ul" gap="sm" p={0} m={0} aria-label={t('templates.versions.list')} style={{ listStyle: 'none' }}>
        {all.map((v) => (
          <li key={v.number} data-version={v.number}>
            <Group gap="xs">
              <Text fw={600} id={`version-${v.number}`}>{t('templates.version', { number: v.number })}</Text>
              {v.number === template.active && <Badge variant="light">{t('templates.versions.inForce')}</Badge>}
            </Group>
            <Text size="sm" c="dimmed">
              <At at={v.at} /> {t('templates.versions.by', { who: v.by })}
            </Text>
            {v.comment && <Text size="sm">{v.comment}</Text>}
            <Group gap="xs" mt={4}>
              <Button size="xs" variant="default" aria-describedby={`version-${v.number}`} onClick={() => void load(v.number)}>
                {t('templates.versions.load')}
              </Button>
              {mayWrite && (v.number !== template.active || template.share < 100) && (
                <Button
                  size="xs"
                  variant={v.number < template.active ? 'default' : 'filled'}
                  aria-describedby={`version-${v.number}`}
                  onClick={() => setChoice(v.number)}
                >
                  {t(v.number < template.active ? 'templates.versions.restore' : 'templates.versions.activate')}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </Stack>
      {mayWrite && template.active !== 0 && (
        <Button variant="default" onClick={() => setChoice(0)}>
          {t('templates.versions.builtin')}
        </Button>
      )}
      <Activate key={choice ?? 'none'} template={template} number={choice} onClose={() => setChoice(undefined)} />
    </Stack>
  );
}
