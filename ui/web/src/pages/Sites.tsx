import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Site } from '../api/types';
import { Records, type Kind } from '../parts/Records';
import { lazy } from 'react';
import { Link } from 'react-router';
import '../text/setup';
import '../text/records';

const SiteForm = lazy(() => import('./forms/SiteForm'));

export default function Sites() {
  const { t } = useTranslation();
  const kind: Kind<Site> = {
    path: 'sites',
    title: t('sites.title'),
    words: { add: t('sites.add'), edit: t('sites.edit'), empty: t('sites.empty') },
    columns: [
      { key: 'name', label: t('sites.name'), lead: true, render: (s) => <Anchor component={Link} to={`/sites/${s.id}`} fw={600}>{s.name}</Anchor> },
      { key: 'timezone', label: t('sites.timezone'), render: (s) => s.timezone },
      {
        key: 'networks',
        label: t('sites.networks'),
        render: (s) => (
          <Text size="sm" className="mono">
            {(s.networks ?? []).join(', ') || t('common.none')}
          </Text>
        ),
      },
      { key: 'adoption', label: t('sites.adoption'), render: (s) => t(`setup.adoption.${s.adoption}`) },
      { key: 'tftp', label: t('sites.tftp'), render: (s) => t(`sites.tftps.${s.tftp}`) },
      { key: 'emergency', label: t('sites.emergency'), render: (s) => (s.emergency ?? []).join(', '), blank: (s) => !s.emergency?.length },
    ],
    nameOf: (s) => s.name,
    textOf: (s) => `${s.name} ${s.timezone} ${(s.networks ?? []).join(' ')}`,
    Form: SiteForm,
  };
  return <Records kind={kind} />;
}
