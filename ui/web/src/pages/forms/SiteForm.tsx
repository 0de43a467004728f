import { Select, SimpleGrid, Switch, TagsInput, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import type { Site } from '../../api/types';
import { isE164, isEmergency, isNetwork, timeZones } from '../../text/checks';
import { i18next } from '../../text/i18n';
import { each, filled, text } from '../../text/rules';
import { RecordForm } from '../../parts/RecordForm';
import type { FormProps } from '../../parts/Records';
import '../../text/setup';

interface Values {
  name: string;
  timezone: string;
  networks: string[];
  adoption: Site['adoption'];
  tftp: Site['tftp'];
  main_number: string;
  emergency: string[];
  emergency_route: string;
  advertise: string;
  direct_media: boolean;
}

const schema = z.object({
  name: filled(() => i18next.t('setup.site.needName')),
  timezone: filled(() => i18next.t('setup.site.needZone')),
  networks: each(isNetwork, (value) => i18next.t('setup.site.badNetwork', { value })),
  emergency: each(isEmergency, (value) => i18next.t('setup.site.badEmergency', { value })),
  main_number: text((v) => v === '' || isE164(v), () => i18next.t('sites.badNumber')),
});

export default function SiteForm({ row, onClose }: FormProps<Site>) {
  const values: Values = {
    name: row?.name ?? '',
    timezone: row?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    networks: row?.networks ?? [],
    adoption: row?.adoption ?? 'lobby',
    tftp: row?.tftp ?? 'bootstrap',
    main_number: row?.main_number ?? '',
    emergency: row?.emergency ?? [],
    emergency_route: row?.emergency_route ?? '',
    advertise: row?.advertise ?? '',
    direct_media: row?.direct_media ?? false,
  };
  return (
    <RecordForm
      path="sites"
      row={row}
      onClose={onClose}
      values={values}
      schema={schema}
      nameOf={(v) => v.name}
      fields={(form) => <Fields form={form} />}
    />
  );
}

function Fields({ form }: { form: UseFormReturnType<Values> }) {
  const { t } = useTranslation();
  const zones = useMemo(timeZones, []);
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={t('sites.name')} required autoComplete="off" data-autofocus {...form.getInputProps('name')} />
        <Select label={t('sites.timezone')} data={zones} searchable allowDeselect={false} limit={60} {...form.getInputProps('timezone')} />
      </SimpleGrid>
      <TagsInput
        label={t('setup.site.networks')}
        placeholder={form.values.networks.length === 0 ? t('setup.site.networksPlaceholder') : undefined}
        splitChars={[',', ' ', ';']}
        acceptValueOnBlur
        {...form.getInputProps('networks')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={t('sites.adoption')}
          data={(['lobby', 'approve', 'closed'] as const).map((value) => ({ value, label: t(`setup.adoption.${value}`) }))}
          description={t(`setup.adoption.${form.values.adoption}Help`)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          allowDeselect={false}
          {...form.getInputProps('adoption')}
        />
        <TextInput label={t('sites.mainNumber')} type="tel" autoComplete="off" {...form.getInputProps('main_number')} />
      </SimpleGrid>
      <Select
        label={t('sites.tftp')}
        description={t('sites.tftpHelp')}
        data={(['bootstrap', 'full', 'off'] as const).map((value) => ({ value, label: t(`sites.tftps.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('tftp')}
      />
      <TagsInput
        label={t('sites.emergency')}
        description={t('setup.site.emergencyHelp')}
        splitChars={[',', ' ', ';']}
        acceptValueOnBlur
        {...form.getInputProps('emergency')}
      />
      <TextInput label={t('sites.route')} description={t('sites.routeHelp')} autoComplete="off" {...form.getInputProps('emergency_route')} />
      <TextInput label={t('sites.advertise')} description={t('sites.advertiseHelp')} autoComplete="off" {...form.getInputProps('advertise')} />
      <Switch label={t('sites.directMedia')} description={t('sites.directMediaHelp')} {...form.getInputProps('direct_media', { type: 'checkbox' })} />
    </>
  );
}
