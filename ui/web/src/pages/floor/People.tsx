import { Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { guestPlace } from '../../api/seats';
import type { Device, Extension } from '../../api/types';
import { nameOf } from '../phones/words';
import classes from './Floor.module.css';
import { whoOf } from './useMoves';

/** What a dragged person is called on the way. */
export const DRAGGED = 'application/x-extension';
/** How many are painted at once. */
const MANY = 200;

interface Props {
  people: Extension[];
  devices: ReadonlyMap<string, Device>;
  picked?: Extension;
  onPick: (who?: Extension) => void;
}

/** Who may sit at other phones than their own; each may be dragged, or picked up with Enter. */
export function People({ people, devices, picked, onPick }: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = people.filter((e) => words.every((w) => `${e.number} ${e.name}`.toLowerCase().includes(w))).slice(0, MANY);
  return (
    <aside className={classes.people} aria-label={t('floor.people')}>
      <TextInput
        type="search"
        size="sm"
        mb="xs"
        label={t('floor.search')}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
      />
      {people.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('floor.noPeople')}
        </Text>
      )}
      <ul className={classes.list}>
        {shown.map((e) => (
          <li key={e.id}>
            <button
              type="button"
              draggable
              className={classes.person}
              data-person={e.number}
              aria-pressed={picked?.id === e.id}
              onClick={() => onPick(picked?.id === e.id ? undefined : e)}
              onDragStart={(event) => event.dataTransfer.setData(DRAGGED, e.number)}
            >
              <span>
                <span className="mono">{e.number}</span> {whoOf(e)}
              </span>
              <Text size="xs" c="dimmed" component="span">
                <Where extension={e} devices={devices} />
              </Text>
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function Where({ extension, devices }: { extension: Extension; devices: ReadonlyMap<string, Device> }) {
  const { t } = useTranslation();
  const place = guestPlace(extension.number, devices.values());
  if (place) return nameOf(place.device, place.device.mac);
  return extension.sitting?.length ? t('floor.atHome') : t('floor.nowhere');
}
