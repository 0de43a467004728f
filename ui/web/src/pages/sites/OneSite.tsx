import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Site } from '../../api/types';
import phones from '../phones/Phones.module.css';
import { Dhcp } from './Dhcp';
import { Hours } from './Hours';
import '../../text/setup';

export default function OneSite({ site }: { site: Site }) {
  const { t } = useTranslation();
  return (
    <Stack maw={820} gap="lg">
      <dl className={phones.facts}>
        <dt>{t('sites.timezone')}</dt>
        <dd>{site.timezone}</dd>
        <dt>{t('sites.networks')}</dt>
        <dd className="mono">{(site.networks ?? []).join(', ') || t('common.none')}</dd>
        <dt>{t('sites.adoption')}</dt>
        <dd>{t(`setup.adoption.${site.adoption}`)}</dd>
        <dt>{t('sites.tftp')}</dt>
        <dd>{t(`sites.tftps.${site.tftp}`)}</dd>
      </dl>
      <Hours key={site.revision} site={site} />
      <Dhcp site={site} />
    </Stack>
  );
}
