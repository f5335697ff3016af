import { describe, expect, it } from '@jest/globals';
import { needsOf } from '../../../src/app/needs.ts';
import { ruleOf } from '../evaluate/decide.ts';

const propertiesOf = (that: Record<string, unknown>, type: string): Record<string, string[]> => {
  const { properties } = needsOf([ruleOf(that, type)]);
  return Object.fromEntries(
    [...properties].map(([name, read]) => [name, read === 'all' ? ['all'] : [...read].sort()]),
  );
};

describe('what rules read', () => {
  it('is a property of the type alone', () => {
    expect(propertiesOf({ property: 'FifoQueue', equals: false }, 'AWS::SQS::Queue')).toEqual({
      'AWS::SQS::Queue': ['FifoQueue'],
    });
  });

  it('is what invokes a function beside what its versions have of their own', () => {
    const own = propertiesOf({ property: 'TracingConfig.Mode', equals: 'Active' }, 'AWS::Lambda::Function');
    expect(own['AWS::Lambda::Function']).toEqual(['TracingConfig']);
    expect(own['AWS::Lambda::Version']).toBeDefined();
    expect(own['AWS::Events::Rule']).toBeDefined();
    const shared = propertiesOf(
      { property: 'ReservedConcurrentExecutions', exists: true },
      'AWS::Lambda::Function',
    );
    expect(Object.keys(shared)).toEqual(['AWS::Lambda::Function']);
  });

  it('follows relations, naming property included', () => {
    const that = {
      every: { related: 'deadLetterQueue', satisfies: { property: 'FifoQueue', equals: false } },
    };
    const needs = propertiesOf(that, 'AWS::SQS::Queue');
    expect(needs['AWS::SQS::Queue']).toEqual(['FifoQueue', 'RedrivePolicy']);
  });

  it('follows inverses and bindings', () => {
    const that = {
      every: {
        related: 'mappings',
        as: 'mapping',
        satisfies: {
          every: {
            related: 'function',
            as: 'fn',
            satisfies: {
              property: 'VisibilityTimeout',
              of: 'self',
              atLeast: {
                add: [
                  { property: 'Timeout', of: 'fn' },
                  { property: 'MaximumBatchingWindowInSeconds', of: 'mapping' },
                ],
              },
            },
          },
        },
      },
    };
    const needs = propertiesOf(that, 'AWS::SQS::Queue');
    expect(needs['AWS::SQS::Queue']).toContain('VisibilityTimeout');
    expect(needs['AWS::Lambda::Function']).toContain('Timeout');
    expect(needs['AWS::Lambda::EventSourceMapping']).toEqual(
      expect.arrayContaining(['EventSourceArn', 'FunctionName', 'MaximumBatchingWindowInSeconds']),
    );
  });

  it('reads policies where they stand', () => {
    const that = { some: { statements: 'resource', where: { statement: { effect: 'Deny' } } } };
    expect(propertiesOf(that, 'AWS::SQS::Queue')['AWS::SQS::QueuePolicy']).toEqual([
      'PolicyDocument',
      'Queues',
    ]);
  });

  it('reads the policies that a question is about, and those of the role that it names', () => {
    expect(
      propertiesOf({ not: { admits: { who: 'everyone' } } }, 'AWS::SQS::Queue')['AWS::SQS::QueuePolicy'],
    ).toEqual(['PolicyDocument', 'Queues']);
    const that = {
      every: { related: 'kmsKey', as: 'key', satisfies: { admits: { who: 'role', on: 'key' }, of: 'self' } },
    };
    const needs = propertiesOf(that, 'AWS::Lambda::Function');
    expect(needs['AWS::KMS::Key']).toContain('KeyPolicy');
    expect(needs['AWS::IAM::Role']).toContain('Policies');
    expect(needs['AWS::Lambda::Function']).toContain('Role');
  });
});
