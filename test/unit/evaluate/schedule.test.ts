import { describe, expect, it } from '@jest/globals';
import { isSchedule, isTimeZone } from '../../../src/evaluate/schedule.ts';

const now = new Date('2026-11-28T00:00:00Z');

describe('schedules', () => {
  it.each([
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(30 days)',
    'cron(0 12 * * ? *)',
    'cron(15 12 ? * MON-FRI 2026-2030)',
    'cron(0/5 8-17 ? * mon-fri *)',
    'cron(0 18 L * ? *)',
    'cron(0 18 3W * ? *)',
    'cron(0 18 ? * 6L *)',
    'cron(0 18 ? * FRI#2 *)',
    'cron(*/10 * ? JAN,MAR * *)',
    'cron(0 0 29 2 ? *)',
    'cron(0 0 1 1 ? 2020,2027)',
    'cron(0 0 1 1 ? 2020/2)',
    'cron(0 0 1,31 4 ? *)',
    'cron(5, 0, 1, *, ?, *)',
    'at(2028-02-29T23:59:59)',
    'rate(1 hours)',
  ])('are valid: %s', (text) => {
    expect(isSchedule(text, now)).toBe(true);
  });

  it.each([
    'rate(0 minutes)',
    'cron(0 12 1 1 ? 2020)',
    'cron(0 12 1 1 ? 2018-2020,2022)',
    'rate(5 weeks)',
    'rate(1.5 hours)',
    'rate(minute)',
    'cron(0 12 * * ?)',
    'cron(60 12 * * ? *)',
    'cron(0 50 0,6,12,18 * ? *)',
    'cron(0 0 0 ? ? *)',
    'cron(0 0 32 * ? *)',
    'cron(0 12 * 13 ? *)',
    'cron(0 12 ? * 8 *)',
    'cron(0 12 ? * 0 *)',
    'cron(0 12 ? * MONDAY *)',
    'cron(0 12 ? * FRI#6 *)',
    'cron(0 12 * * * *)',
    'cron(0 12 ? * ? *)',
    'cron(0 12 * * ? 1969)',
    'cron(0 12 * * ? 2200)',
    'cron(*/0 12 * * ? *)',
    'cron(5-70 12 * * ? *)',
    'cron(0 12 L * L *)',
    'cron(0 L * * ? *)',
    'cron(0 0 30 2 ? *)',
    'at(2027-02-29T06:00:00)',
    'at(2027-13-01T06:00:00)',
    'at(2027-01-01T24:00:00)',
    'at(2027-01-01)',
    '0 12 * * ? *',
  ])('are refused: %s', (text) => {
    expect(isSchedule(text, now)).toBe(false);
  });

  it('know the time zones of the IANA database', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('UTC')).toBe(true);
    expect(isTimeZone('Europe/Bern')).toBe(false);
    expect(isTimeZone('+02:00')).toBe(false);
  });
});
