import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Extension } from '../api/types';
import { Records, type Kind } from '../parts/Records';
import { lazy, Suspense } from 'react';
import { Link, useSearchParams } from 'react-router';
import '../text/records';

const AddedNotice = lazy(() => import('./extensions/AddedNotice'));
const ExtensionForm = lazy(() => import('./forms/ExtensionForm'));

export default function Extensions() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const added = params.get('added') ?? '';
  const kind: Kind<Extension> = {
    path: 'extensions',
    title: t('extensions.title'),
    words: { add: t('extensions.add'), edit: t('extensions.edit'), empty: t('extensions.empty') },
    columns: [
      {
        key: 'number',
        label: t('extensions.number'),
        lead: true,
        render: (e) => (
          <Anchor component={Link} to={`/extensions/${e.id}`} fw={600} className="mono">
            {e.number}
          </Anchor>
        ),
      },
      { key: 'name', label: t('extensions.name'), render: (e) => e.name },
      { key: 'site', label: t('extensions.site'), render: (e) => e.site?.name, blank: (e) => !e.site },
      { key: 'user', label: t('extensions.user'), render: (e) => e.user?.name, blank: (e) => !e.user },
      {
        key: 'rings',
        label: t('nav.phones'),
        render: (e) => (e.sitting ?? []).map((s) => <div key={`${s.device}${s.line}`}>{[s.name || s.phone_id, s.equipment].filter(Boolean).join(', ')}</div>),
        blank: (e) => !e.sitting?.length,
      },
      { key: 'hot', label: t('extensions.hotDesk'), render: (e) => (e.hot_desk ? t('common.yes') : t('common.no')) },
      {
        key: 'dnd',
        label: t('extensions.dnd'),
        render: (e) => (e.do_not_disturb ? t('common.yes') : t('common.no')),
        blank: (e) => !e.do_not_disturb,
      },
    ],
    nameOf: (e) => `${e.number} ${e.name}`.trim(),
    textOf: (e) => `${e.number} ${e.name} ${e.site?.name} ${e.user?.name}`,
    notice: added && (
      <Suspense>
        <AddedNotice id={added} />
      </Suspense>
    ),
    Form: ExtensionForm,
  };
  return <Records kind={kind} />;
}
