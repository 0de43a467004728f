import type { Key } from '../../api/keys';
import { i18next } from '../../text/i18n';

/** What a key is, in a few words: "Watch (BLF) 102". */
export function nameOfKey(k: Key): string {
  const type = i18next.t(`keys.types.${k.type}`);
  const what = k.rule ? i18next.t(`keys.rules.${k.rule}`).toLowerCase() : k.label || k.value;
  return what ? `${type} ${what}` : type;
}
