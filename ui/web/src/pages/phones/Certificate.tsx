import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { keep } from '../../api/download';
import type { Device } from '../../api/types';
import { CopyLine } from '../../parts/CopyLine';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { At } from '../../parts/time';
import '../../text/secrets';

interface Issued {
  certificate: string;
  key: string;
  /** Base64. */
  pkcs12: string;
  password: string;
  until: string;
  fetched: boolean;
}

/** Makes a certificate of our own authority for a phone, or takes it back. */
export default function Certificate({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const [rsa, setRSA] = useState(false);
  const make = useMutation({ mutationFn: () => ask<Issued>('POST', `/devices/${device.id}/certificate`, { rsa }) });
  const revoke = useMutation({
    mutationFn: () => ask('DELETE', `/devices/${device.id}/certificate`),
    onSuccess: () => {
      make.reset();
      tell(t('deviceCertificate.revoked'));
    },
  });
  const has = device.certificate_issued ?? false;
  const failed = make.error ?? revoke.error;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('deviceCertificate.text')}
      </Text>
      {failed && <Failed error={failed} />}
      {make.data ? (
        <Made issued={make.data} name={device.mac.replaceAll(':', '')} />
      ) : (
        <>
          <Text size="sm" fw={500} role="status">
            {has ? t('deviceCertificate.has') : t('deviceCertificate.hasNot')}
          </Text>
          <Checkbox label={t('deviceCertificate.rsa')} checked={rsa} onChange={(event) => setRSA(event.currentTarget.checked)} />
        </>
      )}
      <Group justify="flex-end">
        {has && (
          <Button variant="default" c="var(--mantine-color-error)" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {t('deviceCertificate.revoke')}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {t('common.close')}
        </Button>
        {!make.data && (
          <Button loading={make.isPending} onClick={() => make.mutate()} data-autofocus>
            {has ? t('deviceCertificate.again') : t('deviceCertificate.make')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Made({ issued, name }: { issued: Issued; name: string }) {
  const { t } = useTranslation();
  const bytes = () => Uint8Array.from(atob(issued.pkcs12), (c) => c.charCodeAt(0));
  return (
    <Stack gap="sm">
      <Alert color="teal" role="status">
        {issued.fetched ? t('deviceCertificate.fetched') : t('deviceCertificate.byHand')}
      </Alert>
      <Group gap="xs">
        <Button size="xs" variant="default" leftSection={<IconDownload size={15} />} onClick={() => keep(new Blob([issued.certificate, issued.key]), `${name}.pem`)}>
          {t('deviceCertificate.pem')}
        </Button>
        <Button size="xs" variant="default" leftSection={<IconDownload size={15} />} onClick={() => keep(new Blob([bytes()]), `${name}.p12`)}>
          {t('deviceCertificate.pkcs12')}
        </Button>
      </Group>
      <div>
        <Text size="sm" c="dimmed">
          {t('deviceCertificate.password')}
        </Text>
        <CopyLine value={issued.password} />
      </div>
      <Text size="sm" c="dimmed">
        {t('deviceCertificate.until')} <At at={issued.until} />
      </Text>
    </Stack>
  );
}
