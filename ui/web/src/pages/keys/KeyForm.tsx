// What one key does.
import { Button, Group, Modal, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { KEY_TYPES, type Key, type KeyRule, type KeyType } from '../../api/keys';
import { keyPages } from '../../text/keys';
import type { Spot } from './board';

interface Props {
  editing?: { at: Spot } | { free: number };
  current?: Key;
  onChange: (key: Key | undefined) => void;
  onClose: () => void;
}

const RULES = ['everyone', 'department', 'site'] as const;
const hasValue = (type: KeyType): type is keyof typeof keyPages.keys.values => type in keyPages.keys.values;

export function KeyForm({ editing, current, onChange, onClose }: Props) {
  const { t } = useTranslation();
  const at = editing && 'at' in editing ? editing.at : undefined;
  const title = at ? t(at.module > 0 ? 'keys.editModule' : 'keys.edit', { n: at.position, module: at.module }) : t('keys.editUnplaced');
  const type = current?.type ?? '';
  const set = (change: Partial<Key>) => current && onChange({ ...current, ...change });
  const choose = (to: string) => {
    if (to === '') return onChange(undefined);
    const next = to as KeyType;
    onChange({ ...current, type: next, ...(!hasValue(next) && { value: '' }), ...(next !== 'blf' && next !== 'speed' && { rule: undefined }) });
  };
  return (
    <Modal opened={!!editing} onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
        }}
      >
        <Stack>
          <NativeSelect
            label={t('keys.type')}
            data={[{ value: '', label: t('keys.free') }, ...KEY_TYPES.map((value) => ({ value, label: t(`keys.types.${value}`) }))]}
            value={type}
            onChange={(event) => choose(event.currentTarget.value)}
            data-autofocus
          />
          {(type === 'blf' || type === 'speed') && (
            <NativeSelect
              label={t('keys.rule')}
              description={t('keys.ruleHelp')}
              data={[{ value: '', label: t('keys.rules.none') }, ...RULES.map((value) => ({ value, label: t(`keys.rules.${value}`) }))]}
              value={current?.rule ?? ''}
              onChange={(event) => set({ rule: (event.currentTarget.value || undefined) as KeyRule | undefined, value: '' })}
            />
          )}
          {type !== '' && hasValue(type) && !current?.rule && (
            <TextInput label={t(`keys.values.${type}`)} value={current?.value ?? ''} onChange={(event) => set({ value: event.currentTarget.value })} autoComplete="off" />
          )}
          {type !== '' && type !== 'none' && (
            <Group grow align="flex-start">
              {!current?.rule && (
                <TextInput label={t('keys.label')} description={t('keys.labelHelp')} value={current?.label ?? ''} onChange={(event) => set({ label: event.currentTarget.value })} autoComplete="off" />
              )}
              <NumberInput label={t('keys.line')} description={' '} min={1} max={64} value={current?.line || 1} onChange={(n) => set({ line: Number(n) > 1 ? Number(n) : undefined })} />
            </Group>
          )}
          <Group justify="flex-end">
            {current && (
              <Button
                variant="default"
                onClick={() => {
                  onChange(undefined);
                  onClose();
                }}
              >
                {t('keys.remove')}
              </Button>
            )}
            <Button type="submit">{t('keys.done')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
