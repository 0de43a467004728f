// What one number does.
import { Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useExtensions } from '../../api/lists';
import { useNumbers } from '../../api/numbers';
import { Page } from '../../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../../parts/States';
import '../../text/telephony';
import phones from '../phones/Phones.module.css';

const FeaturesForm = lazy(() => import('./FeaturesForm'));

export default function Features() {
  return (
    <Guarded permission="numbers.read">
      <Found />
    </Guarded>
  );
}

function Found() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const numbers = useNumbers();
  const extensions = useExtensions();
  const number = numbers.data?.find((n) => n.id === id);
  const extension = extensions.data?.find((e) => e.number === number?.extension);
  const loading = numbers.isPending || extensions.isPending;
  return (
    <Page title={number?.number ?? t('telephony.title')} back={{ to: '/telephony', label: t('telephony.features.back') }}>
      {loading && <Loading />}
      {numbers.error && <Failed error={numbers.error} onRetry={() => void numbers.refetch()} />}
      {!loading && !number && <Nothing>{t('telephony.features.gone')}</Nothing>}
      {number && !loading && (
        <Stack maw={560}>
          <dl className={phones.facts}>
            <dt>{t('telephony.number')}</dt>
            <dd className="mono">{number.number}</dd>
            <dt>{t('telephony.extension')}</dt>
            <dd className="mono">{number.extension || t('common.none')}</dd>
            <dt>{t('telephony.pin')}</dt>
            <dd>{extension ? t(`telephony.pins.${extension.pin}`) : t('common.none')}</dd>
          </dl>
          {!extension && <Text>{t('telephony.features.none')}</Text>}
          {extension && (
            <Suspense fallback={<Loading />}>
              <FeaturesForm key={extension.revision} extension={extension} />
            </Suspense>
          )}
        </Stack>
      )}
    </Page>
  );
}
