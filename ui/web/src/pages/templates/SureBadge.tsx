import { Badge, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconFileText, IconQuestionMark } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ModelSure } from '../../api/templates';

const MARKS = { document: IconCheck, template: IconFileText, unsure: IconAlertTriangle, none: IconQuestionMark };

/** Says how far a model's numbers can be trusted. */
export function SureBadge({ sure }: { sure: ModelSure }) {
  const { t } = useTranslation();
  const what = sure || 'none';
  const Icon = MARKS[what];
  return (
    <Tooltip label={t(`models.sureHelp.${what}`)} multiline w={260} events={{ hover: true, focus: true, touch: true }}>
      <Badge variant="default" tt="none" miw="max-content" tabIndex={0} leftSection={<Icon size={12} aria-hidden="true" />} data-sure={what}>
        {t(`models.sures.${what}`)}
      </Badge>
    </Tooltip>
  );
}
