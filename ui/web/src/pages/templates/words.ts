// How models and versions are named.
import type { OwnTemplate } from '../../api/templates';
import { i18next } from '../../text/i18n';
import { models } from '../../text/templates';

const isKind = (kind: string): kind is keyof typeof models.kinds => kind in models.kinds;

/** What people call a kind of phone; the catalogue's own word where there is none. */
export const kindName = (kind: string): string => (isKind(kind) ? i18next.t(`models.kinds.${kind}`) : kind);

/** "Version 3", "Built-in". */
export const versionName = (number: number): string => (number === 0 ? i18next.t('templates.builtin') : i18next.t('templates.version', { number }));

/** For whom a template is. */
export function scopeName({ scope }: Pick<OwnTemplate, 'scope'>): string {
  const kind = i18next.t(`templates.scopes.${scope.kind}`);
  return scope.name ? i18next.t('templates.scopeOf', { kind, name: scope.name }) : kind;
}

/** What of it phones get now. */
export function inForce(t: OwnTemplate): string {
  const name = versionName(t.active);
  if (t.share >= 100 || t.share === 0) return name;
  return `${name} ${i18next.t('templates.share', { share: t.share, other: versionName(t.previous).toLowerCase() })}`;
}
