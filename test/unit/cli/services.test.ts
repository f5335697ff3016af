import { expect, it } from '@jest/globals';
import { checkServices } from '../../../src/cli/collect-live.ts';

it('an audit of a service that does not exist is refused, with the nearest that does', () => {
  expect(() => {
    checkServices(['lambda', 'dynmodb']);
  }).toThrow('Unknown AWS service `dynmodb`; did you mean `dynamodb`?');
  expect(() => {
    checkServices(['zzzzzzzzzzzzzzzz']);
  }).toThrow(/^Unknown AWS service `zzzzzzzzzzzzzzzz`; known are .*lambda/);
});

it('an audit of services that exist is not', () => {
  expect(() => {
    checkServices(['lambda', 'sqs', 'apigateway']);
  }).not.toThrow();
});
