import { Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments, IconKey } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Extension } from '../../api/types';
import { useMay } from '../../session/session';
import phones from '../phones/Phones.module.css';
import '../../text/connection';
import { ActivationKey } from './ActivationKey';
import { NewExtensions } from './NewExtensions';
import { SipPreferences } from './SipPreferences';
import { Virtualization } from './Virtualization';
import { VirtualizedOn } from './VirtualizedOn';

export default function OneExtension({ extension, all }: { extension: Extension; all: Extension[] }) {
  const { t } = useTranslation();
  const mayWrite = useMay('extensions.write');
  const mayAssign = useMay('devices.write');
  const [opened, dialog] = useDisclosure(false);
  const [activating, activation] = useDisclosure(false);
  const sits = extension.sitting ?? [];
  return (
    <Stack maw={820} gap="lg">
      <dl className={phones.facts}>
        <dt>{t('extensions.number')}</dt>
        <dd className="mono">{extension.number}</dd>
        <dt>{t('extensions.site')}</dt>
        <dd>{extension.site?.name ?? t('common.none')}</dd>
        <dt>{t('extensions.user')}</dt>
        <dd>{extension.user?.name ?? t('common.none')}</dd>
        <dt>{t('extensions.hotDesk')}</dt>
        <dd>{extension.hot_desk ? t('common.yes') : t('common.no')}</dd>
        <dt>{t('telephony.virtual')}</dt>
        <dd>
          <VirtualizedOn number={extension.number} />
        </dd>
        <dt>{t('added.phones')}</dt>
        <dd>
          {sits.length === 0 && t('added.noPhone')}
          {sits.map((s) => (
            <div key={`${s.device}${s.line}`}>
              <Link to={`/phones/${s.device}`}>{s.name || s.phone_id}</Link> {s.equipment}
            </div>
          ))}
        </dd>
      </dl>
      {mayWrite && (
        <Group>
          <Button variant="default" leftSection={<IconAdjustments size={16} aria-hidden="true" />} onClick={dialog.open}>
            {t('added.sip')}
          </Button>
          <Button variant="default" leftSection={<IconKey size={16} aria-hidden="true" />} onClick={activation.open}>
            {t('activation.title')}
          </Button>
        </Group>
      )}
      {mayWrite && <Virtualization key={extension.revision} extension={{ ...extension, virtualization: extension.virtualization ?? { allow: false, has_secret: false } }} path="extensions" mayAllow />}
      {mayAssign && (
        <Card withBorder>
          <Title order={2} size="h4">
            {t('added.title')}
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            {t('added.text')}
          </Text>
          <NewExtensions extensions={all} first={extension.id} />
        </Card>
      )}
      <Modal opened={opened} onClose={dialog.close} title={t('added.sip')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <SipPreferences extension={extension} onClose={dialog.close} />
      </Modal>
      <Modal opened={activating} onClose={activation.close} title={t('activation.title')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <ActivationKey extension={extension} onClose={activation.close} />
      </Modal>
    </Stack>
  );
}
