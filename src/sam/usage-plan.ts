import { asMap } from './check-properties.ts';
import { inheritedAttributes, type SamContext, type SamResource } from './context.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isTruthy, present, pick, ref, type Tree } from './tree.ts';

const planSettings = ['Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName'];
const cause = ['Auth', 'UsagePlan'];

/** `Auth.UsagePlan`: the plan, a key, and what ties them; for one API, or shared by several. */
export function expandUsagePlan(api: SamResource, stage: string, context: SamContext): string[] {
  const auth = api.properties['Auth'];
  const written = isTruthy(auth) ? asMap(auth, 'Auth')['UsagePlan'] : undefined;
  if (!isTruthy(written)) return [];
  const plan = asMap(written, 'Auth.UsagePlan');
  const kind = context.resolved(plan['CreateUsagePlan']);
  if (!isGiven(kind)) throw new SamProblem('`CreateUsagePlan` is required in `Auth.UsagePlan`', cause);
  if (kind === 'NONE') return [];
  if (kind !== 'PER_API' && kind !== 'SHARED') {
    throw new SamProblem('`CreateUsagePlan` is `PER_API`, `SHARED` or `NONE`', cause);
  }
  return kind === 'PER_API' ? ownPlan(api, stage, plan, context) : sharedPlan(api, stage, plan, context);
}

function ownPlan(api: SamResource, stage: string, plan: Tree, context: SamContext): string[] {
  const { id } = api;
  const attributes = inheritedAttributes(api);
  return emitPlan({ prefix: id, apis: [id], stages: [stage], plan, attributes, owner: id }, context);
}

/** APIs that share the plan, in their order. */
interface Shared {
  readonly apis: string[];
  readonly stages: string[];
  settings: Tree;
  readonly conditions: unknown[];
  readonly attributes: Tree[];
}

const sharedPlans = new WeakMap<SamContext, Shared>();

function sharedPlan(api: SamResource, stage: string, plan: Tree, context: SamContext): string[] {
  const shared = sharedPlans.get(context) ?? {
    apis: [],
    stages: [],
    settings: {},
    conditions: [],
    attributes: [],
  };
  sharedPlans.set(context, shared);
  shared.apis.push(api.id);
  shared.stages.push(stage);
  shared.conditions.push(api.raw['Condition']);
  shared.attributes.push(inheritedAttributes(api));
  shared.settings = { ...shared.settings, ...pick(plan, planSettings) };
  const parts = {
    prefix: 'Serverless',
    apis: shared.apis,
    stages: shared.stages,
    plan: shared.settings,
    attributes: sharedAttributes(shared, context),
    owner: api.id,
  };
  return emitPlan(parts, context);
}

/** The plan exists where any of its APIs does, and is kept where any of them is. */
function sharedAttributes({ conditions, attributes }: Shared, context: SamContext): Tree {
  const names = [...new Set(conditions)].filter((name) => typeof name === 'string');
  const isAlways = conditions.some((name) => typeof name !== 'string');
  const keep = (name: string): unknown =>
    ['Retain', 'Snapshot', 'Delete'].find((policy) => attributes.some((each) => each[name] === policy));
  return present({
    Condition: isAlways ? undefined : context.anyOf(names, 'SharedUsagePlanCondition'),
    DeletionPolicy: keep('DeletionPolicy'),
    UpdateReplacePolicy: keep('UpdateReplacePolicy'),
  });
}

interface PlanParts {
  readonly prefix: string;
  readonly apis: readonly string[];
  readonly stages: readonly string[];
  readonly plan: Tree;
  readonly attributes: Tree;
  readonly owner: string;
}

function emitPlan(
  { prefix, apis, stages, plan, attributes, owner }: PlanParts,
  context: SamContext,
): string[] {
  const planId = `${prefix}UsagePlan`;
  const keyId = `${prefix}ApiKey`;
  const tieId = `${prefix}UsagePlanKey`;
  const at = { id: owner, path: cause };
  const pairs = apis.map((api, index) => ({ api: ref(api), stage: ref(stages[index] ?? '') }));
  const emit = (id: string, Type: string, needs: readonly string[], Properties: Tree): void => {
    context.emit(id, { Type, DependsOn: [...needs], ...attributes, Properties }, at);
  };
  emit(planId, 'AWS::ApiGateway::UsagePlan', apis, {
    ApiStages: pairs.map(({ api, stage }) => ({ ApiId: api, Stage: stage })),
    ...pick(plan, planSettings),
  });
  emit(keyId, 'AWS::ApiGateway::ApiKey', [planId], {
    Enabled: true,
    StageKeys: pairs.map(({ api, stage }) => ({ RestApiId: api, StageName: stage })),
  });
  emit(tieId, 'AWS::ApiGateway::UsagePlanKey', [keyId], {
    KeyId: ref(keyId),
    KeyType: 'API_KEY',
    UsagePlanId: ref(planId),
  });
  context.parts
    .set(`${owner}.UsagePlan`, planId)
    .set(`${owner}.ApiKey`, keyId)
    .set(`${owner}.UsagePlanKey`, tieId);
  return [planId, keyId];
}
