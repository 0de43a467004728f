import { Badge, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device, Extension } from '../../../api/types';
import { withoutPhone } from '../words';
import classes from './Waiting.module.css';

/** What a dragged extension is called on its way. */
export const DRAGGED = 'application/x-extension';
const MANY = 60;

/** Extensions that no phone is assigned to; one may be dragged on a phone's row. Without a pointer one chooses it there. */
export function People({ extensions, devices }: { extensions: Extension[]; devices: ReadonlyMap<string, Device> }) {
  const { t } = useTranslation();
  const free = useMemo(() => withoutPhone(extensions, devices.values()).slice(0, MANY), [extensions, devices]);
  if (free.length === 0) return null;
  return (
    <div className={classes.people}>
      <Text size="sm" fw={600}>
        {t('waiting.people')}
      </Text>
      <Text size="sm" c="dimmed" mb={6}>
        {t('waiting.peopleHelp')}
      </Text>
      <Group gap={6}>
        {free.map((e) => (
          <Badge key={e.id} variant="default" size="lg" draggable className={classes.person} onDragStart={(event) => event.dataTransfer.setData(DRAGGED, e.number)}>
            <span className="mono">{e.number}</span> {e.name}
          </Badge>
        ))}
      </Group>
    </div>
  );
}
