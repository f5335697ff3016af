import { describe, expect, it } from '@jest/globals';
import {
  TooManyWorlds,
  World,
  bothDoubts,
  eitherDoubt,
  onSide,
  otherSide,
} from '../../../src/model/conditions.ts';
import type { Cause, Condition } from '../../../src/model/value.ts';

const cause = (condition: Condition): Cause => ({ code: 'condition', message: 'undecided', condition });
const atom = (id: string, subject?: string, literal?: string): Cause =>
  cause({
    kind: 'atom',
    id,
    ...(subject === undefined ? {} : { subject }),
    ...(literal === undefined ? {} : { literal }),
  });

function ways<T>(work: (world: World) => T): T[] {
  const world = new World(100);
  const found: T[] = [];
  world.enumerate(
    () => work(world),
    (result) => {
      found.push(result);
      return true;
    },
  );
  return found;
}

describe('a world', () => {
  it('keeps what was settled, and goes through each way once', () => {
    expect(ways((world) => [world.holds(atom('a')), world.holds(atom('b')), world.holds(atom('a'))])).toEqual(
      [
        [true, true, true],
        [true, false, true],
        [false, true, false],
        [false, false, false],
      ],
    );
  });

  it('asks of one way only what that way meets', () => {
    expect(ways((world) => (world.holds(atom('a')) ? 'a' : world.holds(atom('b')) ? 'b' : 'none'))).toEqual([
      'a',
      'b',
      'none',
    ]);
  });

  it('takes a value to equal one literal at most', () => {
    const isProd = atom('prod', 'parameter Env', 'prod');
    const isTest = atom('test', 'parameter Env', 'test');
    expect(ways((world) => [world.holds(isProd), world.holds(isTest)])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });

  it('knows a condition from its parts', () => {
    const a = atom('a').condition as Condition;
    const isNot = cause({ kind: 'not', of: a });
    const isBoth = cause({ kind: 'all', of: [a, { kind: 'not', of: a }] });
    const isEither = cause({ kind: 'any', of: [a, { kind: 'not', of: a }] });
    expect(ways((world) => [world.holds(isNot), world.holds(isBoth), world.holds(isEither)])).toEqual([
      [false, false, true],
      [true, false, true],
    ]);
  });

  it('leaves open again what was settled on the way', () => {
    const world = new World(10);
    world.enumerate(
      () => world.holds(atom('a')),
      () => false,
    );
    expect(world.settled).toBe(0);
  });

  it('gives up beyond its limit', () => {
    const world = new World(8);
    const work = (): boolean[] => ['a', 'b', 'c', 'd'].map((id) => world.holds(atom(id)));
    expect(() => world.enumerate(work, () => true)).toThrow(TooManyWorlds);
  });
});

describe('a doubt', () => {
  const [a, b] = [atom('a'), atom('b')];
  const there = (doubt: Cause | undefined): boolean[] =>
    ways((world) => [world.holds(a), world.holds(b), world.admits(doubt)]).map(
      ([, , isThere]) => isThere === true,
    );

  it('stands where all its sides do', () => {
    expect(there(onSide(a, true))).toEqual([true, true, false, false]);
    expect(there(bothDoubts(onSide(a, true), onSide(b, false)))).toEqual([false, true, false, false]);
  });

  it('stands where either of two does, and is none where that is everywhere', () => {
    expect(there(eitherDoubt(onSide(a, true), onSide(b, true)))).toEqual([true, true, true, false]);
    expect(eitherDoubt(onSide(a, true), onSide(a, false))).toBeUndefined();
  });

  it('turns to the other side', () => {
    expect(there(otherSide(onSide(a, true)))).toEqual([false, false, true, true]);
    expect(there(otherSide(onSide(b, true, onSide(a, true))))).toEqual([false, true, true, true]);
  });
});
