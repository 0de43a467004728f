import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconClipboardList, IconPlus, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../parts/States';
import { isBlank, routeOf } from './draft';
import { nextNumber, type Row } from './paste';
import classes from './Setup.module.css';
import { StepFrame, type StepProps } from './steps';

const PasteBox = lazy(() => import('./PasteBox'));

export default function ExtensionsStep({ form, heading }: StepProps) {
  const { t } = useTranslation();
  const rows = form.values.extensions;
  const list = useRef<HTMLUListElement>(null);
  const focusRow = (i: number, field: 'number' | 'name') =>
    setTimeout(() => list.current?.querySelector<HTMLElement>(`[data-field="${i}.${field}"]`)?.focus(), 30);
  const add = () => {
    const number = nextNumber(rows);
    form.insertListItem('extensions', { number, name: '' });
    focusRow(rows.length, number ? 'name' : 'number');
  };
  const remove = (i: number) => {
    form.removeListItem('extensions', i);
    form.clearErrors();
    if (rows.length > 1) focusRow(Math.max(0, i - 1), 'number');
  };
  return (
    <StepFrame title={t('setup.extensions.title')} text={t('setup.extensions.text')} heading={heading}>
      <div>
        {rows.length > 0 && (
          <div className={classes.titles} aria-hidden="true">
            <span>{t('setup.extensions.number')}</span>
            <span>{t('setup.extensions.name')}</span>
          </div>
        )}
        <ul className={classes.rows} ref={list}>
          {rows.map((_, i) => (
            <li key={i} className={classes.row}>
              <TextInput
                aria-label={`${t('setup.extensions.row', { n: i + 1 })}: ${t('setup.extensions.number')}`}
                placeholder={i === 0 ? '101' : undefined}
                inputMode="numeric"
                autoComplete="off"
                data-field={`${i}.number`}
                {...form.getInputProps(`extensions.${i}.number`)}
              />
              <TextInput
                aria-label={`${t('setup.extensions.row', { n: i + 1 })}: ${t('setup.extensions.name')}`}
                placeholder={i === 0 ? 'Ada Lovelace' : undefined}
                autoComplete="off"
                data-field={`${i}.name`}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || i !== rows.length - 1 || isBlank(rows[i] as Row)) return;
                  event.preventDefault();
                  add();
                }}
                {...form.getInputProps(`extensions.${i}.name`)}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('setup.extensions.remove', { n: i + 1 })}
                onClick={() => remove(i)}
              >
                <IconTrash size={18} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      </div>
      <Paste rows={rows} onTake={(merged) => form.setFieldValue('extensions', merged)} onAdd={add} />
      {rows.some((r) => !isBlank(r)) && form.values.site.emergency.length > 0 && (
        <Select
          label={t('setup.extensions.route')}
          description={t('setup.extensions.routeHelp')}
          data={[...new Map(rows.filter((r) => r.number.trim()).map((r) => [r.number.trim(), r])).entries()].map(([value, r]) => ({
            value,
            label: `${value} ${r.name}`.trim(),
          }))}
          allowDeselect={false}
          {...form.getInputProps('site.emergency_route')}
          value={routeOf(form.values) || null}
        />
      )}
    </StepFrame>
  );
}

function Paste({ rows, onTake, onAdd }: { rows: Row[]; onTake: (rows: Row[]) => void; onAdd: () => void }) {
  const { t } = useTranslation();
  const [opened, box] = useDisclosure(false);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Button variant="default" size="sm" leftSection={<IconPlus size={16} />} onClick={onAdd}>
          {t('setup.extensions.add')}
        </Button>
        <Button variant="default" size="sm" leftSection={<IconClipboardList size={16} />} onClick={box.toggle} aria-expanded={opened} aria-controls="paste">
          {t('setup.extensions.paste')}
        </Button>
      </Group>
      <div id="paste" hidden={!opened}>
        {opened && (
          <Suspense fallback={<Loading />}>
            <PasteBox
              rows={rows}
              onTake={(merged) => {
                onTake(merged);
                box.close();
              }}
            />
          </Suspense>
        )}
      </div>
    </Stack>
  );
}
