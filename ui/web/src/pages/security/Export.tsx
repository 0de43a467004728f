import { Button, Group, NativeSelect, Switch, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { download } from '../../api/download';
import { useSecrets } from '../../parts/Unlock';
import { useMay } from '../../session/session';
import '../../text/secrets';

const FORMATS = ['yaml', 'json'];

/** The whole organization as one file; its secrets only for who shows the password. */
export default function Export() {
  const { t } = useTranslation();
  const maySecrets = useMay('export.secrets');
  const [format, setFormat] = useState('yaml');
  const [secrets, setSecrets] = useState(false);
  const { start, busy, dialog } = useSecrets(() => download(`/export?format=${format}${secrets ? '&secrets=true' : ''}`, `office.${format}`));
  return (
    <section>
      <Title order={2} size="h4" mt="xl">
        {t('export.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm" maw={720}>
        {t('export.text')}
      </Text>
      <Group align="flex-end" gap="md">
        <NativeSelect label={t('export.format')} data={FORMATS.map((value) => ({ value, label: value.toUpperCase() }))} value={format} onChange={(event) => setFormat(event.currentTarget.value)} />
        <Button variant="default" leftSection={<IconDownload size={16} />} loading={busy} onClick={start}>
          {t('export.button')}
        </Button>
      </Group>
      {maySecrets && <Switch mt="sm" label={t('export.secrets')} checked={secrets} onChange={(event) => setSecrets(event.currentTarget.checked)} />}
      {dialog}
    </section>
  );
}
