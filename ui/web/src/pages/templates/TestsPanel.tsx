// Lines that files must hold: the tests of a version.
import { ActionIcon, Button, Fieldset, Group, NativeSelect, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TemplateTest } from '../../api/templates';

interface Props {
  model: string;
  tests: TemplateTest[];
  onChange: (tests: TemplateTest[]) => void;
  readOnly: boolean;
}

export function TestsPanel({ model, tests, onChange, readOnly }: Props) {
  const { t } = useTranslation();
  const set = (i: number, change: Partial<TemplateTest>) => onChange(tests.map((test, n) => (n === i ? { ...test, ...change } : test)));
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('templates.tests.text')}
      </Text>
      {tests.length === 0 && <Text>{t('templates.tests.empty')}</Text>}
      {tests.map((test, i) => (
        <Fieldset key={i} legend={t('templates.tests.row', { n: i + 1 })} disabled={readOnly} p="xs">
          <Stack gap="xs">
            <TextInput label={t('templates.tests.line')} value={test.line} onChange={(event) => set(i, { line: event.currentTarget.value })} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} />
            <Group align="flex-end" gap="xs">
              <NativeSelect
                label={t('templates.tests.kind')}
                data={[
                  { value: 'must', label: t('templates.tests.must') },
                  { value: 'mustNot', label: t('templates.tests.mustNot') },
                ]}
                value={test.absent ? 'mustNot' : 'must'}
                onChange={(event) => set(i, { absent: event.currentTarget.value === 'mustNot' })}
              />
              <TextInput label={t('templates.tests.model')} value={test.model} onChange={(event) => set(i, { model: event.currentTarget.value })} />
              <Tooltip label={t('common.delete')}>
                <ActionIcon size="lg" variant="default" aria-label={t('templates.tests.remove', { n: i + 1 })} onClick={() => onChange(tests.filter((_, n) => n !== i))}>
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            </Group>
          </Stack>
        </Fieldset>
      ))}
      {!readOnly && (
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => onChange([...tests, { model, line: '' }])}>
          {t('templates.tests.add')}
        </Button>
      )}
    </Stack>
  );
}
