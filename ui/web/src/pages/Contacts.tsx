// The phonebook.
import { Text } from '@mantine/core';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '../api/contacts';
import { Records, type Kind } from '../parts/Records';
import '../text/keeping';

const ContactForm = lazy(() => import('./forms/ContactForm'));

export default function Contacts() {
  const { t } = useTranslation();
  const kind: Kind<Contact> = {
    path: 'contacts',
    title: t('contacts.title'),
    words: { add: t('contacts.add'), edit: t('contacts.edit'), empty: t('contacts.empty') },
    columns: [
      { key: 'name', label: t('contacts.name'), lead: true, render: (c) => <Text fw={600}>{nameOf(c)}</Text> },
      { key: 'company', label: t('contacts.company'), render: (c) => c.company, blank: (c) => !c.company },
      {
        key: 'numbers',
        label: t('contacts.numbers'),
        render: (c) => c.numbers.map((n) => (n.kind ? `${n.number} (${t(`contacts.kinds.${n.kind}`)})` : n.number)).join(', '),
      },
      { key: 'speed', label: t('contacts.speed'), render: (c) => c.speed, blank: (c) => !c.speed },
      {
        key: 'book',
        label: t('contacts.book'),
        render: (c) => (c.extension ? t('contacts.person', { number: c.extension }) : c.site ? t('contacts.site', { name: c.site.name }) : t('contacts.everybody')),
      },
    ],
    nameOf,
    textOf: (c) => [nameOf(c), c.company, c.email, c.speed, c.site?.name, c.extension, ...c.numbers.map((n) => n.number)].join(' '),
    Form: ContactForm,
  };
  return <Records kind={kind} />;
}

const nameOf = (c: Contact): string => `${c.first} ${c.last}`.trim() || c.company;
