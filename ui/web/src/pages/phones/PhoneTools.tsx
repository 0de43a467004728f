import { NativeSelect, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './Phones.module.css';
import { FILTERS, type Filter } from './words';

interface Props {
  query: string;
  filter: Filter;
  shown: number;
  all: number;
  /** Sets a parameter of the page's address. */
  onSet: (name: string, value: string) => void;
}

export default function PhoneTools({ query, filter, shown, all, onSet }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.tools}>
      <TextInput
        className={classes.search}
        type="search"
        label={t('phones.search')}
        placeholder={t('phones.searchHelp')}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={query}
        onChange={(event) => onSet('q', event.currentTarget.value)}
      />
      <NativeSelect
        className={classes.state}
        label={t('phones.state')}
        data={FILTERS.map((value) => ({ value, label: t(`phones.states.${value}`) }))}
        value={filter}
        onChange={(event) => onSet('state', event.currentTarget.value === 'all' ? '' : event.currentTarget.value)}
      />
      <Text size="sm" c="dimmed" pb={8} role="status">
        {shown === all ? t('phones.count', { count: shown }) : t('phones.shown', { shown, all })}
      </Text>
    </div>
  );
}
