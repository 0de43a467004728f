import { Badge, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { KEY_TYPES } from '../../api/keys';
import classes from './Keys.module.css';

/** How a dragged type names itself, beside dragged keys. */
export const DRAG_TYPE = 'application/x-cradle-key-type';
export const DRAG_KEY = 'application/x-cradle-key';

/** Types to be dragged to a place; who uses no pointer chooses them in a key's form. */
export function Palette() {
  const { t } = useTranslation();
  return (
    <Group gap={6} className={classes.palette} aria-hidden="true" title={t('keys.palette')}>
      {KEY_TYPES.map((type) => (
        <Badge key={type} variant="default" tt="none" fw={500} className={classes.grip} draggable onDragStart={(event) => event.dataTransfer.setData(DRAG_TYPE, type)}>
          {t(`keys.types.${type}`)}
        </Badge>
      ))}
    </Group>
  );
}
