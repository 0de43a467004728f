// The field of one setting, by its type.
import { ActionIcon, Badge, Group, NativeSelect, NumberInput, Select, TagsInput, TextInput, Tooltip } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingSchema } from '../../api/templates';
import { languages, timeZones } from '../../text/checks';

interface Props {
  setting: SettingSchema;
  /** Undefined: not said at this level. */
  value?: string;
  error?: string;
  readOnly: boolean;
  onChange: (value: string | undefined) => void;
}

export function Field(props: Props) {
  const { setting: s, value, readOnly, onChange } = props;
  const { t } = useTranslation();
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap" data-setting={s.name}>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Input {...props} />
      </div>
      {value !== undefined && (
        <Group gap={6} wrap="nowrap" mt={24}>
          <Badge variant="light" tt="none" miw="max-content">
            {t('settings.said')}
          </Badge>
          {!readOnly && (
            <Tooltip label={t('settings.inherit')}>
              <ActionIcon variant="default" aria-label={t('settings.clear', { name: s.name })} onClick={() => onChange(undefined)}>
                <IconArrowBackUp size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      )}
    </Group>
  );
}

function Input({ setting: s, value, error, readOnly, onChange }: Props) {
  const { t } = useTranslation();
  const zones = useMemo(timeZones, []);
  const range = s.type === 'number' ? ` ${t('settings.range', { min: s.min, max: s.max })}.` : '';
  const common = { label: s.name, description: `${s.doc.charAt(0).toUpperCase()}${s.doc.slice(1)}.${range} (${t(`settings.of.${s.of}`)})`, error, disabled: readOnly };
  const usual = s.default ? t('settings.usual', { value: s.default }) : undefined;
  const not = s.default ? t('settings.inheritDefault', { value: s.default }) : t('settings.inherit');
  const text = (to: string) => onChange(to === '' ? undefined : to);
  switch (s.type) {
    case 'bool':
    case 'one of':
      return (
        <NativeSelect
          {...common}
          data={[{ value: '', label: not }, ...(s.type === 'bool' ? [{ value: 'true', label: t('settings.yes') }, { value: 'false', label: t('settings.no') }] : s.choices)]}
          value={value ?? ''}
          onChange={(event) => text(event.currentTarget.value)}
        />
      );
    case 'number':
      return <NumberInput {...common} placeholder={usual} value={value ?? ''} onChange={(n) => text(String(n))} allowDecimal={false} allowNegative={false} hideControls />;
    case 'list':
      return <TagsInput {...common} placeholder={value ? undefined : usual} data={s.choices} value={value ? value.split(',') : []} onChange={(all) => text(all.join(','))} acceptValueOnBlur splitChars={[',', ' ']} />;
    case 'zone':
      return <Select {...common} placeholder={usual} data={zones} value={value ?? null} onChange={(to) => text(to ?? '')} searchable limit={60} openOnFocus={false} />;
    case 'tag':
      return <Select {...common} placeholder={usual} data={tagsWith(value)} value={value ?? null} onChange={(to) => text(to ?? '')} searchable openOnFocus={false} />;
    default:
      return (
        <TextInput
          {...common}
          type={s.type === 'url' ? 'url' : 'text'}
          placeholder={usual}
          value={value ?? ''}
          maxLength={s.type === 'country' ? 2 : 512}
          onChange={(event) => text(s.type === 'country' ? event.currentTarget.value.toUpperCase() : event.currentTarget.value)}
          autoComplete="off"
        />
      );
  }
}

/** The languages to choose from, and the one that is chosen. */
function tagsWith(value: string | undefined) {
  const known = languages();
  return !value || known.some((l) => l.value === value) ? known : [...known, { value, label: value }];
}
