// Problem documents (RFC 9457) and how their errors find their fields.

export interface FieldError {
  location: string;
  message: string;
}

/** A refusal of the appliance, or that it could not be reached (status 0). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: FieldError[];
  /** Seconds to wait before trying again; 0: not said. */
  readonly retryAfter: number;

  constructor(status: number, body: unknown = {}, retryAfter = 0) {
    const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const title = typeof said.title === 'string' ? said.title : '';
    const detail = typeof said.detail === 'string' ? said.detail : '';
    super(detail || title || `HTTP ${status}`);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = Array.isArray(said.errors) ? said.errors.filter(isFieldError) : [];
    this.retryAfter = retryAfter;
  }
}

function isFieldError(e: unknown): e is FieldError {
  const f = e as FieldError | null;
  return typeof f === 'object' && f !== null && typeof f.message === 'string' && typeof (f.location ?? '') === 'string';
}

/**
 * Turns "body.document.extensions[0].number" into the form's own
 * "extensions.0.number".
 */
export function pathOf(location: string): string {
  return location
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/^\.+/, '')
    .replace(/^body(\.|$)/, '')
    .replace(/^document(\.|$)/, '');
}

export interface Sorted {
  /** Messages by field. */
  fields: Record<string, string>;
  /** What belongs to no field that the form has. */
  rest: string[];
}

/**
 * Sorts a problem's errors by the fields of a form. A path that the form does
 * not have is shortened from its end until it fits ("networks.2" shows at
 * "networks").
 */
export function sortErrors(problem: Problem, hasField: (path: string) => boolean, rename: (path: string) => string = (p) => p): Sorted {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const error of problem.errors) {
    const field = nearest(rename(pathOf(error.location ?? '')), hasField);
    if (field === '') rest.push(error.location ? `${error.location}: ${error.message}` : error.message);
    else fields[field] = fields[field] ? `${fields[field]} ${error.message}` : error.message;
  }
  if (problem.errors.length === 0) rest.push(problem.message);
  return { fields, rest };
}

function nearest(path: string, hasField: (path: string) => boolean): string {
  let p = path;
  while (p !== '' && !hasField(p)) p = p.includes('.') ? p.slice(0, p.lastIndexOf('.')) : '';
  return p;
}
