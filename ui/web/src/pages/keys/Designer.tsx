// The page on which the keys of a layout are drawn.
import { Anchor, Group } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
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
      <Page title={layout.data?.name ?? t('layouts.title')}>
        <Anchor component={Link} to="/layouts" size="sm" mb="sm" display="inline-block">
          <Group gap={4} component="span">
            <IconArrowLeft size={14} aria-hidden="true" /> {t('layouts.back')}
          </Group>
        </Anchor>
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
