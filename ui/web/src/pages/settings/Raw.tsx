// Settings of vendors under the vendors' own names.
import { ActionIcon, Button, Group, Stack, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Said } from './said';

interface Props {
  said: Said;
  errors: Record<string, string>;
  readOnly: boolean;
  onChange: (key: string, value: string | undefined) => void;
}

export function Raw({ said, errors, readOnly, onChange }: Props) {
  const { t } = useTranslation();
  const [vendor, setVendor] = useState('');
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const complete = vendor.trim() !== '' && name.trim() !== '';
  const add = () => {
    setTried(!complete);
    if (!complete) return;
    onChange(`raw.${vendor.trim().toLowerCase()}.${name.trim()}`, '');
    setName('');
  };
  return (
    <Stack gap="sm" maw={620}>
      {Object.entries(said).map(([key, value]) => (
        <Group key={key} gap="xs" align="flex-end" wrap="nowrap">
          <TextInput label={key.slice('raw.'.length)} value={value} onChange={(event) => onChange(key, event.currentTarget.value)} error={errors[key]} disabled={readOnly} style={{ flex: 1 }} autoComplete="off" />
          {!readOnly && (
            <Tooltip label={t('common.delete')}>
              <ActionIcon size="lg" variant="default" aria-label={t('settings.raw.remove', { name: key })} onClick={() => onChange(key, undefined)}>
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      ))}
      {!readOnly && (
        <Group gap="xs" align="flex-end">
          <TextInput label={t('settings.raw.vendor')} value={vendor} onChange={(event) => setVendor(event.currentTarget.value)} error={tried && !complete && t('settings.raw.needed')} autoComplete="off" />
          <TextInput label={t('settings.raw.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} autoComplete="off" />
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
            {t('settings.raw.add')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
