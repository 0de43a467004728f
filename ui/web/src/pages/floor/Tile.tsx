import { ActionIcon, Button, Text, Tooltip } from '@mantine/core';
import { IconArmchair, IconCircleDashed, IconHandStop, IconHome, IconHourglass, IconLogout, IconUser, IconWalk } from '@tabler/icons-react';
import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Device, Extension } from '../../api/types';
import { kindOf, nameOf } from '../phones/words';
import classes from './Floor.module.css';
import { DRAGGED } from './People';
import { presentAt, stateOf, takes } from './tiles';
import { whoOf } from './useMoves';

const ICON = { free: IconArmchair, home: IconHome, guest: IconUser, away: IconWalk, off: IconCircleDashed, waiting: IconHourglass, manual: IconHandStop };

interface Props {
  device: Device;
  picked?: Extension;
  mayMove: boolean;
  onSeat: (at: Device, number?: string) => void;
  onOut: (who: { number: string; name: string; line: number; seat: string }) => void;
}

/** One phone and who sits there. A free one takes who is dropped on it. */
export function Tile({ device, picked, mayMove, onSeat, onOut }: Props) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const state = stateOf(device);
  const free = takes(device);
  const name = nameOf(device, t('phones.unknownModel'));
  const Icon = ICON[state];
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const number = event.dataTransfer.getData(DRAGGED);
    if (number) onSeat(device, number);
  };
  return (
    <li
      className={classes.tile}
      data-tile={device.phone_id}
      data-state={state}
      data-over={over}
      data-takes={free && !!picked}
      onDragOver={(event) => {
        if (!mayMove || !free || !event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className={classes.top}>
        <Link to={`/phones/${device.id}`} className={classes.name}>
          {name}
        </Link>
        <span className={classes.state}>
          <Icon size={15} aria-hidden="true" /> {t(`floor.states.${state}`)}
        </span>
      </div>
      <Text size="xs" c="dimmed">
        {device.name && `${kindOf(device, t('phones.unknownModel'))} · `}
        {t('floor.phoneId', { id: device.phone_id })}
      </Text>
      {presentAt(device).map((s) => (
        <div key={s.line} className={classes.who} data-away={s.vacated}>
          <span>
            <span className="mono">{s.extension}</span> {s.name}
          </span>
          {s.seat && mayMove && (
            <Tooltip label={t('floor.logOut', { name: s.name || s.extension })}>
              <ActionIcon
                variant="default"
                aria-label={t('floor.logOut', { name: s.name || s.extension })}
                onClick={() => onOut({ number: s.extension, name: s.name, line: s.line, seat: s.seat ?? '' })}
              >
                <IconLogout size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      ))}
      {picked && free && (
        <Button size="xs" mt={6} fullWidth aria-label={t('floor.seatHere', { name: whoOf(picked), phone: name })} onClick={() => onSeat(device)}>
          {t('floor.here')}
        </Button>
      )}
    </li>
  );
}
