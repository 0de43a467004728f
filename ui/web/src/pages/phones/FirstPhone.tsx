import { Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSites } from '../../api/lists';
import { CopyLine } from '../../parts/CopyLine';
import { useMay, useSession } from '../../session/session';
import classes from './Phones.module.css';
import { addressesOf } from './words';
import '../../text/phones';

/** Tells the installer how the first phone finds the appliance. */
export default function FirstPhone() {
  const { t } = useTranslation();
  const sites = useSites(useMay('sites.read'));
  const closed = sites.data?.some((s) => s.adoption === 'closed') ?? false;
  const { http, tftp } = addressesOf(window.location, useSession()?.doors);
  return (
    <Card withBorder padding="xl" maw={680} mx="auto" mt="lg">
      <Stack gap="lg">
        <div>
          <Group gap="sm" mb={6}>
            <span className={classes.listening} aria-hidden="true" />
            <Text size="sm" c="dimmed">
              {t('phones.empty.waiting')}
            </Text>
          </Group>
          <Title order={2} size="h3">
            {t('phones.empty.title')}
          </Title>
          <Text c="dimmed" mt={4}>
            {t('phones.empty.text')}
          </Text>
        </div>
        <Text size="sm">{t('phones.empty.pnp')}</Text>
        <Way title={t('phones.empty.dhcp')} help={t('phones.empty.dhcpHelp')}>
          <CopyLine value={http} />
          <Text size="sm" c="dimmed" mt={6}>
            {t('phones.empty.manual')}
          </Text>
        </Way>
        {tftp && (
          <Way title={t('phones.empty.tftp')} help={tftp.includes(':') ? t('phones.empty.tftpPort') : t('phones.empty.tftpHelp')}>
            <CopyLine value={tftp} />
          </Way>
        )}
        {closed && <Text size="sm">{t('phones.empty.closed')}</Text>}
      </Stack>
    </Card>
  );
}

function Way({ title, help, children }: { title: string; help: string; children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="h6">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb={6}>
        {help}
      </Text>
      {children}
    </div>
  );
}
