import { Anchor, Group, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { useTranslation } from 'react-i18next';

let opened = '';

/** The list from which one came, above the heading. */
interface Back {
  to: string;
  label: string;
}

/**
 * A page's heading and content. The heading takes the focus when somebody comes
 * from another page, so that a screen reader says where he is.
 */
export function Page({ title, back, aside, children }: { title: string; back?: Back; aside?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title, t]);
  useEffect(() => {
    if (opened !== '' && opened !== pathname) heading.current?.focus();
    opened = pathname;
  }, [pathname]);
  return (
    <>
      {back && (
        <Anchor component={Link} to={back.to} size="sm" mb={4} display="inline-flex" className="back">
          <IconArrowLeft size={14} aria-hidden="true" /> {back.label}
        </Anchor>
      )}
      <Group justify="space-between" mb="md" gap="sm" wrap="wrap">
        <Title order={1} size="h2" ref={heading} tabIndex={-1} className="heading">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </>
  );
}
