import { Button, Group, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { VirtualizedOn } from '../extensions/VirtualizedOn';
import phones from '../phones/Phones.module.css';
import { Assigned } from './columns';
import type { DialogProps } from './Options';

/** A number's configuration as it is now. */
export default function Details({ row, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { number, extension } = row;
  const forward = extension?.forward ?? {};
  return (
    <Stack>
      <dl className={phones.facts}>
        <dt>{t('telephony.number')}</dt>
        <dd className="mono">{number.number}</dd>
        <dt>{t('telephony.site')}</dt>
        <dd>{number.site?.name ?? t('common.none')}</dd>
        <dt>{t('telephony.extension')}</dt>
        <dd className="mono">{number.extension || t('common.none')}</dd>
        <dt>{t('telephony.assigned')}</dt>
        <dd>
          <Assigned row={row} />
        </dd>
        <dt>{t('telephony.status')}</dt>
        <dd>{t(`telephony.statuses.${row.status}`)}</dd>
        {extension && (
          <>
            <dt>{t('telephony.pin')}</dt>
            <dd>{t(`telephony.pins.${extension.pin}`)}</dd>
            <dt>{t('telephony.features.dnd')}</dt>
            <dd>{extension.do_not_disturb ? t('common.yes') : t('common.no')}</dd>
            <dt>{t('telephony.features.always')}</dt>
            <dd className="mono">{forward.always || t('common.none')}</dd>
            <dt>{t('telephony.features.busy')}</dt>
            <dd className="mono">{forward.busy || t('common.none')}</dd>
            <dt>{t('telephony.features.noAnswer')}</dt>
            <dd className="mono">{forward.no_answer || t('common.none')}</dd>
            <dt>{t('telephony.virtual')}</dt>
            <dd>
              <VirtualizedOn number={extension.number} />
            </dd>
          </>
        )}
      </dl>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t('telephony.ok')}
        </Button>
      </Group>
    </Stack>
  );
}
