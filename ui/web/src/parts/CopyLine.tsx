import { ActionIcon, Code, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** A value to be copied. Works without TLS too, where the clipboard is closed to scripts. */
export function CopyLine({ value }: { value: string }) {
  const { t } = useTranslation();
  const text = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      const selection = window.getSelection();
      if (!text.current || !selection) return;
      selection.selectAllChildren(text.current);
      setCopied(document.execCommand('copy'));
    }
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <Code ref={text} className="address">
        {value}
      </Code>
      <Tooltip label={copied ? t('common.copied') : t('common.copy')}>
        <ActionIcon variant="default" aria-label={`${t('common.copy')}: ${value}`} onClick={() => void copy()}>
          {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      </Tooltip>
      <span className="onlyRead" role="status">
        {copied ? t('common.copied') : ''}
      </span>
    </Group>
  );
}
