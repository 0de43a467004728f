import { useTranslation } from 'react-i18next';

/** What people call a layer. */
export function useLayerName() {
  const { t, i18n } = useTranslation();
  return (layer: string): string => (i18n.exists(`explain.layers.${layer}`) ? t(`explain.layers.${layer as 'site'}`) : layer);
}
