// The page on which the keys of a layout are drawn.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ask } from '../../api/client';
import type { Layout } from '../../api/keys';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading } from '../../parts/States';
import '../../text/keys';

const Drawing = lazy(() => import('./Drawing'));

export default function Designer() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const layout = useQuery({ queryKey: ['layouts', id], queryFn: ({ signal }) => ask<Layout>('GET', `/layouts/${id}`, undefined, signal) });
  return (
    <Guarded permission="layouts.read">
      <Page title={layout.data?.name ?? t('layouts.title')} back={{ to: '/layouts', label: t('layouts.back') }}>
        {layout.isPending && <Loading />}
        {layout.error && <Failed error={layout.error} onRetry={() => void layout.refetch()} />}
        {layout.data && (
          <Suspense fallback={<Loading />}>
            <Drawing key={layout.data.id} layout={layout.data} />
          </Suspense>
        )}
      </Page>
    </Guarded>
  );
}
