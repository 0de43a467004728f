import { ActionIcon, Indicator, Tooltip } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAlarms } from '../pages/alarms/alarms';
import { isNew, useSeen } from '../pages/alarms/seen';

/** How many alarms are new, on every page. */
export default function Bell() {
  const { t } = useTranslation();
  const seen = useSeen();
  const { data } = useAlarms();
  const count = (data ?? []).filter((a) => isNew(a, seen)).length;
  const label = count > 0 ? t('nav.bellNew', { count }) : t('nav.bell');
  return (
    <Tooltip label={label}>
      <Indicator label={count > 99 ? '99+' : count} size={16} offset={4} disabled={count === 0} color="red.9">
        <ActionIcon component={Link} to="/alarms" variant="subtle" color="gray" size="lg" aria-label={label} data-alarms={count}>
          <IconBell size={20} aria-hidden="true" />
        </ActionIcon>
      </Indicator>
    </Tooltip>
  );
}
