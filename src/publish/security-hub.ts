import {
  BatchImportFindingsCommand,
  paginateGetFindings,
  SecurityHubClient,
  type AwsSecurityFinding,
  type SecurityHubClientConfig,
} from '@aws-sdk/client-securityhub';
import type { Finding } from './finding.ts';
import type { FindingHub } from './publish-findings.ts';

/** The account and region whose Security Hub is written to; the caller's credentials must be that account's own. */
export interface HubPlace {
  readonly account: string;
  readonly region: string;
}

/**
 * Security Hub behind the SDK.
 * Errors of the SDK pass through: `InvalidAccessException` means that Security Hub is off there.
 */
export function securityHub(place: HubPlace, config: SecurityHubClientConfig): FindingHub {
  const client = new SecurityHubClient({ ...config, region: place.region });
  return {
    async importFindings(batch) {
      // Findings are built and checked as ASFF by the report stage.
      const Findings = batch as unknown as AwsSecurityFinding[];
      const { FailedFindings = [] } = await client.send(new BatchImportFindingsCommand({ Findings }));
      return {
        failed: FailedFindings.map(({ Id, ErrorCode, ErrorMessage }) => ({
          Id: Id ?? '',
          ErrorCode: ErrorCode ?? '',
          ErrorMessage: ErrorMessage ?? '',
        })),
      };
    },
    async ownFindings() {
      const found: Finding[] = [];
      const Filters = {
        GeneratorId: [{ Value: 'headgate/', Comparison: 'PREFIX' as const }],
        AwsAccountId: [{ Value: place.account, Comparison: 'EQUALS' as const }],
        Region: [{ Value: place.region, Comparison: 'EQUALS' as const }],
      };
      for await (const page of paginateGetFindings({ client, pageSize: 100 }, { Filters })) {
        for (const finding of page.Findings ?? []) if (isOwn(finding, place)) found.push(toFinding(finding));
      }
      return found;
    },
  };
}

// Filters are eventually consistent: what comes back is checked once more.
function isOwn(finding: AwsSecurityFinding, { account, region }: HubPlace): boolean {
  return (
    finding.GeneratorId?.startsWith('headgate/') === true &&
    finding.AwsAccountId === account &&
    (finding.Region ?? region) === region
  );
}

function toFinding(finding: AwsSecurityFinding): Finding {
  const { UpdatedAt = '', CreatedAt = UpdatedAt } = finding;
  return {
    FirstObservedAt: CreatedAt,
    LastObservedAt: UpdatedAt,
    RecordState: 'ACTIVE',
    Compliance: { Status: 'FAILED' },
    ...finding,
  } as Finding; // Headgate wrote it, so it has these members
}
