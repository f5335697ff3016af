/**
 * Whether EventBridge takes an expression as a schedule: `rate(5 minutes)`, `cron(0 12 ? * MON-FRI *)`, and
 * `at(2027-01-31T06:00:00)`, which only EventBridge Scheduler knows.
 * Source: EventBridge Scheduler user guide, "Schedule types"; EventBridge user guide, "Cron and rate
 * expressions" (2026-11-27). Steps after a weekday, names in lower case and ranges over the end are not
 * documented, and are taken as valid. A cron expression whose years are all over is none: nothing ever runs.
 */
export function isSchedule(text: string, now: Date): boolean {
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(text.trim()) ?? [];
  if (kind === 'rate') return isRate(body.trim());
  if (kind === 'at') return isTime(body.trim());
  return kind === 'cron' && isCron(body.trim(), now.getUTCFullYear());
}

/** Rules refuse `rate(1 minutes)` and `rate(5 minute)`, which Scheduler takes. */
function isRate(body: string): boolean {
  const [, count] = /^(\d+)\s+(?:minute|hour|day)s?$/.exec(body) ?? [];
  return count !== undefined && Number(count) > 0;
}

function isTime(body: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(body)?.slice(1).map(Number);
  if (parts === undefined) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(month, year);
  return isDate && hour <= 23 && minute <= 59 && second <= 59;
}

function daysIn(month: number, year: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A field of a cron expression: its bounds, its names in order from the least, and what else may stand in it. */
interface Field {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  readonly special?: RegExp;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const dayOfMonth = 2;
const month = 3;
const dayOfWeek = 4;
const ofYear = 5;

const fields: readonly Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31, special: /^(L|LW|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W)$/ },
  { least: 1, most: 12, names: months },
  { least: 1, most: 7, names: weekdays, special: /^(L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
  { least: 1970, most: 2199 },
];

function isCron(body: string, thisYear: number): boolean {
  // Templates in use end fields with a comma, as in cron(5, 0, 1, *, ?, *); nothing says that this is refused.
  const texts = body.split(/\s+/).map((text) => text.replace(/,$/, '').toUpperCase());
  if (texts.length !== fields.length) return false;
  const days = [texts[dayOfMonth], texts[dayOfWeek]];
  if (days.filter((text) => text === '?').length !== 1) return false;
  const areValid = fields.every((field, at) => {
    const text = texts[at] ?? '';
    return (text === '?' && (at === dayOfMonth || at === dayOfWeek)) || isField(text, field);
  });
  const isOver = yearsOf(texts[ofYear] ?? '').every((listed) => listed < thisYear);
  return areValid && !isOver && mayMeet(texts[dayOfMonth] ?? '', texts[month] ?? '');
}

/** The last year of each item; of `*` and of steps that go on the last that there is. */
function yearsOf(text: string): readonly number[] {
  return text.split(',').map((item) => {
    const [, last] = /^(?:\d{4}-)?(\d{4})(?:\/\d+)?$/.exec(item) ?? [];
    return last === undefined || /^\d{4}\//.test(item) ? Infinity : Number(last);
  });
}

function isField(text: string, field: Field): boolean {
  return text.split(',').every((item) => field.special?.test(item) === true || isItem(item, field));
}

function isItem(item: string, field: Field): boolean {
  const [, range = '', step] = /^([^/]*)(?:\/(\d+))?$/.exec(item) ?? [];
  if (item.includes('/') && !(Number(step) >= 1)) return false;
  if (range === '*' || (range === '' && step !== undefined)) return true;
  const ends = range.split('-');
  return ends.length <= 2 && ends.every((end) => numberOf(end, field) !== undefined);
}

function numberOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + least;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** False where every day that is listed is later than the listed months are long: 31 in April. */
function mayMeet(days: string, listed: string): boolean {
  const field = fields[month];
  if (field === undefined || !/^\d+(,\d+)*$/.test(days) || !/^\w+(,\w+)*$/.test(listed)) return true;
  const earliest = Math.min(...days.split(',').map(Number));
  // A leap year, so that 29 February is a day.
  return listed.split(',').some((text) => earliest <= daysIn(numberOf(text, field) ?? 1, 2028));
}

/** Whether a time zone is one of the IANA database, as EventBridge Scheduler demands. */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
