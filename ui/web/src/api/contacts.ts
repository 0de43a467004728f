import type { Ref } from './types';

export interface ContactNumber {
  kind?: 'office' | 'mobile' | 'home' | 'other';
  number: string;
}

/** An entry of the phonebook: everybody's, a site's, or one person's. */
export interface Contact {
  id: string;
  revision: number;
  site?: Ref | null;
  extension: string;
  first: string;
  last: string;
  company: string;
  email: string;
  numbers: ContactNumber[];
  speed: string;
}
