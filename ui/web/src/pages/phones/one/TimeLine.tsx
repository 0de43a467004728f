import { Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Device } from '../../../api/types';
import { Journal } from '../Journal';

export default function TimeLine({ device }: { device: Device }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const only = params.get('refused') === '1';
  return (
    <Stack maw={820}>
      <Text size="sm" c="dimmed">
        {t('timeline.help')}
      </Text>
      <Switch
        label={t('timeline.only')}
        checked={only}
        onChange={(event) => setParams({ tab: 'timeline', ...(event.currentTarget.checked && { refused: '1' }) }, { replace: true })}
      />
      <Journal device={device} onlyRefused={only} />
    </Stack>
  );
}
