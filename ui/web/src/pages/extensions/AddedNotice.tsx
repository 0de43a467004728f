import { Alert, Anchor, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { Trans, useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useExtensions } from '../../api/lists';
import '../../text/phones';

/** Says that an extension was added, and offers a phone for it or for all that are new. */
export default function AddedNotice({ id }: { id: string }) {
  const { t } = useTranslation();
  const [, setParams] = useSearchParams();
  const extensions = useExtensions();
  const added = extensions.data?.find((e) => e.id === id);
  if (!added) return null;
  return (
    <Alert
      color="teal"
      icon={<IconCircleCheck />}
      mb="md"
      role="status"
      withCloseButton
      closeButtonLabel={t('added.dismiss')}
      onClose={() => setParams({}, { replace: true })}
    >
      <Text size="sm" fw={600} mb={4}>
        {t('added.notice', { name: `${added.name} (${added.number})` })}
      </Text>
      <Text size="sm">
        <Trans i18nKey="added.now" components={{ a: <Anchor component={Link} to={`/devices?extension=${encodeURIComponent(added.number)}`} inherit underline="always" /> }} />{' '}
        <Trans i18nKey="added.every" components={{ a: <Anchor component={Link} to={`/extensions/${added.id}`} inherit underline="always" /> }} />
      </Text>
    </Alert>
  );
}
