import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ask } from '../../api/client';
import type { PhoneNumber } from '../../api/numbers';
import type { Column } from '../../parts/DataList';
import { tell, tellProblem } from '../../parts/notify';
import { useMay } from '../../session/session';
import { nameOf } from '../phones/words';
import classes from './Telephony.module.css';
import { handsetOf, labelOf, type Row } from './rows';

export function useColumns(): Column<Row>[] {
  const { t } = useTranslation();
  return [
    {
      key: 'number',
      label: t('telephony.number'),
      lead: true,
      nowrap: true,
      render: (r) => (
        <Text fw={600} className="mono" data-number={r.number.number}>
          {r.number.number}
        </Text>
      ),
    },
    { key: 'extension', label: t('telephony.extension'), render: (r) => <span className="mono">{r.number.extension || t('common.none')}</span> },
    { key: 'pin', label: t('telephony.pin'), render: (r) => r.extension && t(`telephony.pins.${r.extension.pin}`), blank: (r) => !r.extension },
    { key: 'assigned', label: t('telephony.assigned'), render: (r) => <Assigned row={r} /> },
    {
      key: 'status',
      label: t('telephony.status'),
      render: (r) => (
        <Group gap="xs" wrap="nowrap">
          <Badge variant="default" className={classes.status} data-status={r.status} role="status">
            {t(`telephony.statuses.${r.status}`)}
          </Badge>
          {r.status === 'reserved' && <Activate number={r.number} />}
        </Group>
      ),
    },
    { key: 'in', label: t('telephony.loggedIn'), render: (r) => <LoggedIn row={r} /> },
  ];
}

/** The main number; nobody; a user, by the label where there is one; or a label alone. */
export function Assigned({ row: { number, user } }: { row: Row }) {
  const { t } = useTranslation();
  const label = labelOf(number);
  if (number.main) return <Text size="sm">{t('telephony.main')}</Text>;
  if (number.user) {
    return (
      <Anchor component={Link} to={`/users?q=${encodeURIComponent(number.user.name)}`}>
        {label || user}
      </Anchor>
    );
  }
  return (
    <Text size="sm" c={label ? undefined : 'dimmed'}>
      {label || t('telephony.unassigned')}
    </Text>
  );
}

/** Takes a reserved number into use; a main number is read-only. */
function Activate({ number }: { number: PhoneNumber }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const may = useMay('numbers.write');
  const activate = useMutation({
    mutationFn: () => ask('PATCH', `/numbers/${number.id}`, { revision: number.revision, status: 'active' }),
    onSuccess: () => {
      tell(t('telephony.activated', { number: number.number }));
      return queries.invalidateQueries({ queryKey: ['numbers'] });
    },
    onError: tellProblem,
  });
  if (!may || number.main) return null;
  return (
    <Button size="compact-xs" variant="default" loading={activate.isPending} onClick={() => activate.mutate()} aria-label={t('telephony.activateOne', { number: number.number })}>
      {t('telephony.activate')}
    </Button>
  );
}

function LoggedIn({ row }: { row: Row }) {
  const { t } = useTranslation();
  const { number, extension, place } = row;
  const off = number.main || number.status === 'reserved';
  const own = !off && !place ? extension?.sitting?.[0] : undefined;
  return (
    <>
      {handsetOf(row) ? t('telephony.yes') : t('telephony.no')}
      {!off && place && (
        <Text size="xs" c="dimmed">
          {nameOf(place.device, place.device.mac)} <span className="mono">{place.device.phone_id}</span>
        </Text>
      )}
      {own && (
        <Text size="xs" c="dimmed">
          {t('telephony.own', { phone: own.name || own.phone_id })}
        </Text>
      )}
    </>
  );
}
