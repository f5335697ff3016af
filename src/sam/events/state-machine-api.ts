import { isTruthy, onlyIf, refName, sub, type Tree } from '../tree.ts';
import { readRestRoute, writeAuth } from './api.ts';
import { machineProblem, startRole, type MachineEvent } from './machine-event.ts';

/** Api: the route that starts the machine, and the role that API Gateway does it with. */
export function expandMachineApi(event: MachineEvent): void {
  const { context, machine, properties } = event;
  const route = readRestRoute(properties, context, (message, path) => machineProblem(event, message, path));
  const role = startRole(event, 'apigateway.amazonaws.com');
  const { document, isManaged } = route.api.state ?? {};
  if (document === undefined || isManaged !== true) return;
  if (document.hasIntegration(route.path, route.method)) {
    throw machineProblem(
      event,
      `API method \`${route.method}\` is defined several times for path \`${route.path}\`; keep one of them`,
    );
  }
  const condition = machine.raw['Condition'];
  const integration = {
    type: 'aws',
    httpMethod: 'POST',
    uri: onlyIf(
      condition,
      sub('arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution'),
    ),
    credentials: role,
    requestTemplates: { 'application/json': requestTemplate(event) },
    responses: { '200': { statusCode: '200' }, '400': { statusCode: '400' } },
  };
  document.integrate(route.path, route.method, integration, condition, {
    responses: { '200': { description: 'OK' }, '400': { description: 'Bad Request' } },
  });
  writeAuth(route, document);
}

/** The machine's ARN stands in the text, and the request's body in a string of it. */
function requestTemplate({ properties, arn }: MachineEvent): Tree {
  const body = "$util.escapeJavaScript($input.json('$'))";
  const plain = isTruthy(properties['UnescapeMappingTemplate']) ? `${body}.replaceAll("\\\\'","'")` : body;
  return sub(`{"input": "${plain}", "stateMachineArn": "\${${refName(arn) ?? ''}}"}`);
}
