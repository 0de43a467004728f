import { Badge, Group, Text, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle, IconBan, IconCertificate, IconCircleCheck, IconCircleDashed, IconEye, IconHourglass, IconRecycle, IconShieldCheck, IconThumbUp,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Device, Step, Sure } from '../../api/types';
import { Ago } from '../../parts/time';
import classes from './Phones.module.css';
import { isWaiting, kindOf, nameOf, outcomeOf } from './words';
import '../../text/phoneList';

const STEP_ICON = { seen: IconEye, lobby: IconHourglass, approved: IconThumbUp, token: IconShieldCheck, certificate: IconCertificate };

/** A rung of the trust ladder in words; what it means is a hover, a focus or a touch away. */
export function StepBadge({ step, help = true }: { step: Step; help?: boolean }) {
  const { t } = useTranslation();
  const Icon = STEP_ICON[step] ?? IconEye;
  return (
    <Tooltip label={t(`phones.ladderHelp.${step}`)} disabled={!help} multiline w={260} events={{ hover: true, focus: true, touch: true }}>
      <Badge variant="default" size="lg" className={classes.step} data-step={step} leftSection={<Icon size={15} aria-hidden="true" />}>
        {t(`phones.ladder.${step}`)}
      </Badge>
    </Tooltip>
  );
}

export function Registered({ device }: { device: Device }) {
  const { t } = useTranslation();
  const Icon = device.registered ? IconCircleCheck : IconCircleDashed;
  return (
    <Group gap={6} wrap="nowrap" className={classes.registered} data-registered={device.registered}>
      <Icon size={18} aria-hidden="true" />
      <Text span size="sm" c={device.registered ? undefined : 'dimmed'}>
        {device.registered ? t('phones.registered') : t('phones.unregistered')}
      </Text>
    </Group>
  );
}

/** Says how sure the recognition is, unless it is certain. */
export function SureMark({ sure }: { sure: Sure }) {
  const { t } = useTranslation();
  if (sure !== 'guess' && sure !== 'likely') return null;
  return (
    <Tooltip label={sure === 'guess' ? t('phones.guessHelp') : t('phones.likelyHelp')} multiline w={240} events={{ hover: true, focus: true, touch: true }}>
      <Badge variant="default" size="sm" className={classes.sure}>
        {sure === 'guess' ? t('phones.guess') : t('phones.likely')}
      </Badge>
    </Tooltip>
  );
}

/** Says that the phone is not as it should be. */
export function DriftBadge({ device }: { device: Device }) {
  const { t } = useTranslation();
  if (!device.drift) return null;
  return (
    <Tooltip label={device.drift_text} disabled={!device.drift_text} multiline w={260} events={{ hover: true, focus: true, touch: true }}>
      <Badge size="sm" variant="default" className={classes.warning} leftSection={<IconAlertTriangle size={13} aria-hidden="true" />}>
        {t(`phones.drift.${device.drift}`)}
      </Badge>
    </Tooltip>
  );
}

/** Says that others may sit down at somebody's own phone. */
export function SharedBadge({ device }: { device: Device }) {
  const { t } = useTranslation();
  if (!device.shared) return null;
  return (
    <Tooltip label={t('phones.sharedHelp')} multiline w={240} events={{ hover: true, focus: true, touch: true }}>
      <Badge size="sm" variant="default" data-shared>
        {t('phones.shared')}
      </Badge>
    </Tooltip>
  );
}

/** Name, MAC, model and firmware; the name opens the phone. */
export function PhoneCell({ device, fresh, to }: { device: Device; fresh: boolean; to: string }) {
  const { t } = useTranslation();
  return (
    <div className={classes.phone}>
      <Group gap={8} wrap="wrap">
        <Link to={to} className={classes.name} data-mac={device.mac}>
          {nameOf(device, t('phones.unknownModel'))}
        </Link>
        {!device.name && <SureMark sure={device.sure} />}
        {fresh && <Badge size="sm">{t('phones.new')}</Badge>}
        {device.conflict && (
          <Badge size="sm" variant="default" className={classes.warning} leftSection={<IconAlertTriangle size={13} aria-hidden="true" />}>
            {t('phones.conflict')}
          </Badge>
        )}
        <DriftBadge device={device} />
        <SharedBadge device={device} />
        {device.retired_at && (
          <Badge size="sm" variant="default" leftSection={<IconRecycle size={13} aria-hidden="true" />}>
            {t('phones.retired')}
          </Badge>
        )}
        {device.disabled && (
          <Badge size="sm" variant="default" leftSection={<IconBan size={13} aria-hidden="true" />}>
            {t('phones.disabled')}
          </Badge>
        )}
      </Group>
      {device.name && (
        <Group gap={8}>
          <Text size="sm">{kindOf(device, t('phones.unknownModel'))}</Text>
          <SureMark sure={device.sure} />
        </Group>
      )}
      <Text size="sm" c="dimmed" className="mono">
        {device.mac}
      </Text>
      {device.firmware && (
        <Text size="sm" c="dimmed" className={classes.registered}>
          {t('phones.firmware', { version: device.firmware })}
        </Text>
      )}
      {device.equipment && (
        <Text size="sm" c="dimmed">
          {device.equipment}
        </Text>
      )}
    </div>
  );
}

export function Sits({ device }: { device: Device }) {
  const { t } = useTranslation();
  const people = (device.sitting ?? []).filter((s) => s.extension);
  if (people.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {device.line || isWaiting(device) ? t('phones.nobody') : t('phones.free')}
      </Text>
    );
  }
  return people.map((s) => (
    <Text key={s.line} size="sm" c={s.vacated ? 'dimmed' : undefined}>
      <span className="mono">{s.extension}</span> {s.name}
      {s.vacated && ` (${t('phones.vacated')})`}
      {!s.vacated && s.kind !== 'home' && ` (${t('phones.guest')})`}
    </Text>
  ));
}

export function LastStepCell({ device, now }: { device: Device; now: number }) {
  const { t } = useTranslation();
  const last = device.last_step;
  if (!last) return null;
  const file = last.file.split('/').pop() || last.file;
  const outcome = outcomeOf(last);
  const good = outcome !== 'refused';
  const words = {
    served: t('phones.served', { file }),
    absent: t('phones.absent', { file }),
    refused: last.rule ? t('phones.refused', { file, rule: last.rule }) : t('phones.refusedPlain', { file, status: last.status }),
  }[outcome];
  return (
    <div className={classes.last}>
      <Group gap={6} wrap="nowrap" align="flex-start">
        {!good && <IconAlertTriangle size={16} aria-hidden="true" className={classes.warning} />}
        <Text size="sm" lineClamp={2} title={words}>
          {words}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {last.door.toUpperCase()} · <Ago at={last.at} now={now} />
      </Text>
    </div>
  );
}
