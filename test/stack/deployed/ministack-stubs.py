"""ministack with stubs for the resource types that its CloudFormation lacks.

MINISTACK_STUBS names the types, separated by commas. A stub has a physical id and whatever attribute the templates ask
for, and does nothing. A type that ministack knows is left to it, so that a newer version is used at once.
"""

import os

import ministack.services.cloudformation.provisioners as provisioners

handlers = provisioners._RESOURCE_HANDLERS
account = os.environ["MINISTACK_ACCOUNT_ID"]
region = os.environ.get("MINISTACK_REGION", "us-east-1")


def stub(resource_type):
    service = resource_type.split("::")[1].lower()

    def create(logical_id, properties, stack):
        arn = f"arn:aws:{service}:{region}:{account}:stub/{stack}-{logical_id}"
        identifier = arn if service in ("lambda", "wafv2", "events") else f"{stack}-{logical_id}"
        attributes = ("Arn", "CodeSigningConfigArn", "CodeSigningConfigId", "Id", "AllocationId", "NatGatewayId")
        return identifier, {name: arn if name.endswith("Arn") else identifier for name in attributes}

    def update(identifier, old, new, stack):
        return identifier, create(identifier, new, stack)[1]

    return {"create": create, "update": update, "delete": lambda identifier, properties: None}


for name in filter(None, os.environ["MINISTACK_STUBS"].split(",")):
    handlers.setdefault(name, stub(name))

# Alarms over an expression are refused; they watch, and nothing depends on them.
alarm = handlers["AWS::CloudWatch::Alarm"]
create_alarm = alarm["create"]


def alarm_or_stub(logical_id, properties, stack):
    try:
        return create_alarm(logical_id, properties, stack)
    except ValueError:
        return stub("AWS::CloudWatch::Alarm")["create"](logical_id, properties, stack)


handlers["AWS::CloudWatch::Alarm"] = {**alarm, "create": alarm_or_stub}

from ministack.app import main  # noqa: E402  (the stubs come first)

main()
