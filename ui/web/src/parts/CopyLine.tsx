import { ActionIcon, Code, Group, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';

/** A value to be copied. */
export function CopyLine({ value }: { value: string }) {
  const { text, copied, copy } = useCopy(value);
  return (
    <Group gap="xs" wrap="nowrap">
      <Code ref={text} className="address">
        {value}
      </Code>
      <CopyButton what={value} copied={copied} onCopy={copy} />
    </Group>
  );
}

/** Several lines to be copied. */
export function CopyBlock({ value, label }: { value: string; label: string }) {
  const { text, copied, copy } = useCopy(value);
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Code block ref={text as RefObject<HTMLPreElement | null>} className="snippet" tabIndex={0} role="region" aria-label={label}>
        {value}
      </Code>
      <CopyButton what={label} copied={copied} onCopy={copy} />
    </Group>
  );
}

/** Copies what is shown. Works without TLS too, where the clipboard is closed to scripts. */
function useCopy(value: string) {
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
  return { text, copied, copy: () => void copy() };
}

function CopyButton({ what, copied, onCopy }: { what: string; copied: boolean; onCopy: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Tooltip label={copied ? t('common.copied') : t('common.copy')}>
        <ActionIcon variant="default" aria-label={`${t('common.copy')}: ${what}`} onClick={onCopy}>
          {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        </ActionIcon>
      </Tooltip>
      <span className="onlyRead" role="status">
        {copied ? t('common.copied') : ''}
      </span>
    </>
  );
}
