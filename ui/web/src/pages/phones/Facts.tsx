import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../../api/types';
import { At, said } from '../../parts/time';
import { Sits, SureMark } from './cells';
import classes from './Phones.module.css';
import { kindOf } from './words';
import '../../text/phones';

export function Facts({ device }: { device: Device }) {
  const { t } = useTranslation();
  const r = device.registration;
  return (
    <dl className={classes.facts}>
      <Fact name={t('phones.phoneId')}>
        <span className="mono">{device.phone_id || t('common.none')}</span>
      </Fact>
      <Fact name={t('phones.detail.mac')}>
        <span className="mono">{device.mac}</span>
      </Fact>
      <Fact name={t('phones.detail.model')}>
        {kindOf(device, t('phones.unknownModel'))} <SureMark sure={device.sure} />
      </Fact>
      <Clues device={device} />
      <Fact name={t('phones.detail.firmware')}>{device.firmware || t('common.unknown')}</Fact>
      <Fact name={t('device.equipment')}>{device.equipment}</Fact>
      <Fact name={t('phones.site')}>{device.site?.name ?? t('common.none')}</Fact>
      <Fact name={t('device.room')}>{device.room}</Fact>
      <Fact name={t('phones.sitting')}>
        <Sits device={device} />
      </Fact>
      <Fact name={t('device.profile')}>{device.profile?.name}</Fact>
      <Fact name={t('device.layout')}>{device.layout?.name}</Fact>
      <Fact name={t('device.modules')}>{device.modules ? String(device.modules) : undefined}</Fact>
      <Fact name={t('phones.detail.seen')}>{said(device.seen_at) && <At at={device.seen_at} />}</Fact>
      <Fact name={t('device.certificate')}>{device.certificate}</Fact>
      {r && (
        <>
          <Fact name={t('phones.detail.address')}>
            <span className="mono">{r.source}</span> {r.transport.toUpperCase()}
          </Fact>
          <Fact name={t('phones.detail.since')}>
            <At at={r.since} />
          </Fact>
          <Fact name={t('phones.detail.userAgent')}>{r.user_agent || t('common.unknown')}</Fact>
        </>
      )}
      <Fact name={t('phones.detail.resync')}>{device.resync && <Resync device={device} />}</Fact>
      <Fact name={t('device.remote')}>
        {said(device.remote_until) && (
          <>
            {t('device.remoteOpen')} <At at={device.remote_until} />
          </>
        )}
      </Fact>
    </dl>
  );
}

/** One line; without anything to say it is left out. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Resync({ device }: { device: Device }) {
  const { t } = useTranslation();
  if (!device.resync) return null;
  return (
    <span role="status">
      {t(`device.resyncState.${device.resync}`)}
      {device.resync_reason && `: ${device.resync_reason}`}
      {said(device.resync_at) && (
        <>
          {' '}
          ({t('device.resyncAt')} <At at={device.resync_at} short />)
        </>
      )}
    </span>
  );
}

function Clues({ device }: { device: Device }) {
  const { t } = useTranslation();
  return <Fact name={t('waiting.known')}>{(device.clues ?? []).length > 0 && <ClueList device={device} />}</Fact>;
}

/** The signs by which a phone is recognised, each with what it says. */
export function ClueList({ device }: { device: Device }) {
  const { t, i18n } = useTranslation();
  return (
    <ul className={classes.clues}>
      {(device.clues ?? []).map((c) => (
        <li key={c.clue}>
          {i18n.exists(`waiting.clue.${c.clue}`) ? t(`waiting.clue.${c.clue as 'mac'}`) : c.clue}: {c.says || t('waiting.saysNothing')} {c.seen && c.seen !== c.says && <span className="mono">({c.seen})</span>}
        </li>
      ))}
    </ul>
  );
}
