// The page of an own template. What it is written with is heavy and comes after.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ask } from '../../api/client';
import { usePhoneModel, type OwnTemplate } from '../../api/templates';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading } from '../../parts/States';
import '../../text/templates';

const Desk = lazy(() => import('./Desk'));

export default function Editor() {
  const { t } = useTranslation();
  const { model = '', id = '' } = useParams();
  const template = useQuery({ queryKey: ['custom-templates', id], queryFn: ({ signal }) => ask<OwnTemplate>('GET', `/custom-templates/${id}`, undefined, signal) });
  const known = usePhoneModel(model);
  const error = template.error ?? known.error;
  return (
    <Guarded permission="templates.read">
      <Page title={template.data?.name ?? t('templates.file')} back={{ to: `/templates/${model}`, label: t('templates.editor.back', { model: known.data?.label ?? model }) }}>
        {error && <Failed error={error} onRetry={() => void template.refetch()} />}
        {!error && (!template.data || !known.data) && <Loading />}
        {!error && template.data && known.data && (
          <Suspense fallback={<Loading />}>
            <Desk template={template.data} model={known.data} />
          </Suspense>
        )}
      </Page>
    </Guarded>
  );
}
