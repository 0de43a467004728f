import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../session/session';
import '../../text/phones';

/** No phone is free at a site; empty: anywhere. Says whom to ask for more. */
export function NoneFree({ site }: { site: string }) {
  const { t } = useTranslation();
  const session = useSession();
  const contact = session?.operator_contact ?? '';
  const where = site || session?.organization.name || '';
  return (
    <Alert color="orange" icon={<IconInfoCircle />}>
      {contact ? t('sip.noneFree', { site: where, contact }) : t('sip.noneFreePlain', { site: where })}
    </Alert>
  );
}
