import { Radio, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { StepFrame, type StepProps } from './steps';

export default function SiteStep({ form, heading, zones, found }: StepProps & { zones: string[]; found: string[] }) {
  const { t } = useTranslation();
  return (
    <StepFrame title={t('setup.site.title')} heading={heading}>
      <TextInput label={t('setup.site.name')} placeholder={t('setup.site.namePlaceholder')} required name="site" autoComplete="off" {...form.getInputProps('site.name')} />
      <Select
        label={t('setup.site.timezone')}
        data={zones}
        searchable
        allowDeselect={false}
        required
        name="timezone"
        limit={60}
        {...form.getInputProps('site.timezone')}
      />
      <TagsInput
        label={t('setup.site.networks')}
        description={t('setup.site.networksHelp')}
        placeholder={form.values.site.networks.length === 0 ? t('setup.site.networksPlaceholder') : undefined}
        data={found}
        splitChars={[',', ' ', ';']}
        acceptValueOnBlur
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        {...form.getInputProps('site.networks')}
      />
      <Adoption form={form} />
      <TagsInput
        label={t('setup.site.emergency')}
        description={t('setup.site.emergencyHelp')}
        splitChars={[',', ' ', ';']}
        acceptValueOnBlur
        inputMode="numeric"
        {...form.getInputProps('site.emergency')}
      />
    </StepFrame>
  );
}

function Adoption({ form }: { form: StepProps['form'] }) {
  const { t } = useTranslation();
  return (
    <Radio.Group label={t('setup.site.adoption')} {...form.getInputProps('site.adoption')}>
      <Stack gap="sm" mt="xs">
        <Radio value="lobby" label={t('setup.adoption.lobby')} description={t('setup.adoption.lobbyHelp')} />
        <Radio value="approve" label={t('setup.adoption.approve')} description={t('setup.adoption.approveHelp')} />
        <Radio value="closed" label={t('setup.adoption.closed')} description={t('setup.adoption.closedHelp')} />
      </Stack>
    </Radio.Group>
  );
}
