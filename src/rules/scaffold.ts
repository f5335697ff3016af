/**
 * Text of a new rule file: complete, valid, and with an example of each verdict that it can give.
 * @param firstLine names the schema; see `schemaLine`
 */
export function ruleScaffold(id: string, firstLine: string): string {
  return `${firstLine}id: ${id}
title: Functions have at least the memory that the team agreed on
# The statement that this rule decides; name one of your own, or one of \`headgate rules list\`.
requirement: ${id}
severity: medium
level: essential
flows: [api, events, batch]
appliesTo: [AWS::Lambda::Function]

# Where a clause does not hold, the rule does not apply, for the reason given.
when:
  - that: {not: {property: PackageType, equals: Image}}
    otherwise: container images are sized by their own team

# Where a clause does not hold, the rule fails with the message given.
assert:
  - that: {property: MemorySize, atLeast: {parameter: minimumMemory}}
    otherwise: "Function {name} has {value:MemorySize} MB; {parameter.minimumMemory} MB are the least"
pass: "Function {name} has {value:MemorySize} MB"

parameters:
  minimumMemory:
    type: integer
    default: 256
    minimum: 128
    maximum: 10240
    unit: MB
    description: The least memory of a function.

why: |
  Memory decides the share of a CPU that a function gets.
fix:
  text: Set MemorySize.
  cloudformation: |
    MemorySize: 256
  cdk: "new lambda.Function(this, 'Fn', { ..., memorySize: 256 })"
  cli: aws lambda update-function-configuration --function-name NAME --memory-size 256

examples:
  - name: enough memory
    verdict: pass
    template:
      Resources:
        Fn: {Type: AWS::Lambda::Function, Properties: {MemorySize: 512}}
  - name: the service's default is too little
    verdict: fail
    says: 128 MB
    template:
      Resources:
        Fn: {Type: AWS::Lambda::Function, Properties: {Handler: index.handler}}
  - name: a parameter without a value
    verdict: unknown
    template:
      Parameters: {Memory: {Type: Number}}
      Resources:
        Fn: {Type: AWS::Lambda::Function, Properties: {MemorySize: !Ref Memory}}
  - name: a container image
    verdict: notApplicable
    template:
      Resources:
        Fn: {Type: AWS::Lambda::Function, Properties: {PackageType: Image}}
`;
}
