import { Group, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { useTranslation } from 'react-i18next';

let opened = '';

/**
 * A page's heading and content. The heading takes the focus when somebody comes
 * from another page, so that a screen reader says where he is.
 */
export function Page({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
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
