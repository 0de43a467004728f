// The layouts of keys.
import { Anchor } from '@mantine/core';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Layout } from '../../api/keys';
import { Records, type Kind } from '../../parts/Records';
import '../../text/keys';

const LayoutForm = lazy(() => import('./LayoutForm'));

export default function Layouts() {
  const { t } = useTranslation();
  const kind: Kind<Layout> = {
    path: 'layouts',
    title: t('layouts.title'),
    words: { add: t('layouts.add'), edit: t('layouts.edit'), empty: t('layouts.empty') },
    columns: [
      {
        key: 'name',
        label: t('layouts.name'),
        lead: true,
        render: (l) => (
          <Anchor component={Link} to={`/layouts/${l.id}`} fw={600} aria-label={t('layouts.designOf', { name: l.name })}>
            {l.name}
          </Anchor>
        ),
      },
      { key: 'keys', label: t('layouts.count'), render: (l) => l.keys.length },
    ],
    nameOf: (l) => l.name,
    textOf: (l) => l.name,
    Form: LayoutForm,
  };
  return <Records kind={kind} />;
}
