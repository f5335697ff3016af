import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { FlowDiagram, Rule, RuleExample } from '../../src/model/rule.ts';
import { runExamples } from '../../src/app/rule-examples.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { parseYaml } from '../../src/rules/yaml-document.ts';

/** A sentence of the reference document's prose, and what decides it. */
interface ProseStatement {
  readonly section: string;
  readonly text: string;
  readonly requirements: readonly string[];
}

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sources = await shippedRules();
const ruleSet = applySettings(sources, {});
const prose = parseYaml(readFileSync(fromHere('../../rules/data/prose.yaml'), 'utf8'), 'prose.yaml')
  .value as readonly ProseStatement[]; // the file is ours, and its shape is checked below
const requirementIds = new Set(sources.requirements.map(({ id }) => id));
const ofDocument = sources.requirements.filter(({ catalogue }) => catalogue === undefined);
const beyond = sources.requirements.filter(({ catalogue }) => catalogue === 'more');
const decided = new Set(sources.rules.map(({ requirement }) => requirement));

/** Every statement of diagrams and prose, with a name for messages. */
const statements = [
  ...sources.diagrams.flatMap(bulletsOf),
  ...sources.diagrams.flatMap(arrowsOf),
  ...prose.map(({ section, text, requirements }) => ({ name: `${section}: ${text}`, requirements })),
];

function bulletsOf({ id, nodes }: FlowDiagram): { name: string; requirements: readonly string[] }[] {
  return nodes.flatMap((node) =>
    node.bullets.map(({ text, requirements }) => ({ name: `${id}.${node.id}: ${text}`, requirements })),
  );
}

function arrowsOf({ id, edges }: FlowDiagram): { name: string; requirements: readonly string[] }[] {
  return edges.map(({ from, to, requirements = [] }) => ({ name: `${id}: ${from} -> ${to}`, requirements }));
}

function verdictsOf({ when, decides }: Rule): readonly RuleExample['verdict'][] {
  // What only code, a person or an account can show is never failed for want of a sign.
  const decisive: RuleExample['verdict'][] = decides === 'config' ? ['pass', 'fail'] : ['pass'];
  return [...decisive, 'unknown', ...(when.length > 0 ? (['notApplicable'] as const) : [])];
}

describe('the reference document', () => {
  it('has no statement that no requirement decides', () => {
    expect(statements.filter(({ requirements }) => requirements.length === 0)).toEqual([]);
  });

  it('names only requirements that exist', () => {
    const unknown = statements.flatMap(({ name, requirements }) =>
      requirements.filter((id) => !requirementIds.has(id)).map((id) => `${name}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  it('leads to every requirement', () => {
    const named = new Set(statements.flatMap(({ requirements }) => requirements));
    expect(ofDocument.map(({ id }) => id).filter((id) => !named.has(id))).toEqual([]);
    expect(beyond.map(({ id }) => id).filter((id) => named.has(id))).toEqual([]);
  });

  it('draws arrows between its own nodes alone', () => {
    const loose = sources.diagrams.flatMap(({ id, nodes, edges }) => {
      const own = new Set(nodes.map((node) => node.id));
      return edges.filter(({ from, to }) => !own.has(from) || !own.has(to)).map((edge) => ({ id, ...edge }));
    });
    expect(loose).toEqual([]);
    expect(sources.diagrams.map(({ id }) => id)).toEqual(['api', 'batch', 'events']);
  });
});

describe('the catalogue beyond the reference document', () => {
  it('has ids of its own, and tells whose advice each statement is', () => {
    expect(ofDocument.filter(({ id }) => id.startsWith('more.'))).toEqual([]);
    expect(beyond.filter(({ id, source = '' }) => !id.startsWith('more.') || source === '')).toEqual([]);
  });

  it('states each thing once', () => {
    expect(new Set(beyond.map(({ says }) => says)).size).toBe(beyond.length);
    expect(requirementIds.size).toBe(sources.requirements.length);
  });
});

describe('requirements', () => {
  it('are each decided by a rule', () => {
    expect([...requirementIds].filter((id) => !decided.has(id))).toEqual([]);
  });

  it('exist for every rule', () => {
    const stray = sources.rules.filter(({ requirement }) => !requirementIds.has(requirement));
    expect(stray.map(({ id, requirement }) => `${id}: ${requirement}`)).toEqual([]);
  });
});

/** What other tools check around a flow. */
const around = parseYaml(
  readFileSync(fromHere('../../rules/data/more-checks.yaml'), 'utf8'),
  'more-checks.yaml',
).value as {
  readonly checks: readonly {
    readonly about: string;
    readonly worth: 'must' | 'useful' | 'noise';
    readonly rules?: readonly string[];
    readonly why?: string;
  }[];
}; // the file is ours

describe('what other tools check around a flow', () => {
  it('is checked by rules that exist, or it is said why not', () => {
    const ids = new Set(sources.rules.map(({ id }) => id));
    const loose = around.checks.filter(
      ({ rules, why }) => (rules === undefined) === (why === undefined) || rules?.some((id) => !ids.has(id)),
    );
    expect(loose).toEqual([]);
  });

  it('has no rule missing that does harm', () => {
    expect(around.checks.filter(({ worth, rules }) => worth === 'must' && rules === undefined)).toEqual([]);
  });

  it('names every rule of the second catalogue', () => {
    const named = new Set(around.checks.flatMap(({ rules = [] }) => rules));
    const own = sources.rules.map(({ id }) => id).filter((id) => id.startsWith('more.'));
    expect(own.filter((id) => !named.has(id))).toEqual([]);
  });
});

/** Which controls of Security Hub the standard of foundational practices holds, as read on a day. */
const controls = parseYaml(readFileSync(fromHere('../../rules/data/controls.yaml'), 'utf8'), 'controls.yaml')
  .value as Readonly<Record<'aws-fsbp' | 'security-hub', readonly string[]>>; // the file is ours

describe('framework labels', () => {
  it.each(['aws-fsbp', 'security-hub'] as const)(
    'say %s only of what the dated table lists there',
    (framework) => {
      const named = sources.rules.flatMap((rule) =>
        rule.controls.filter((control) => control.framework === framework).map(({ id }) => id),
      );
      expect(named.filter((id) => !controls[framework].includes(id))).toEqual([]);
    },
  );
});

describe('rules', () => {
  it('lead their file name and their requirement in their id', () => {
    const misnamed = sources.rules.filter(
      ({ id, file, requirement }) =>
        !file.endsWith(`/${id}.yaml`) || !(id === requirement || id.startsWith(`${requirement}.`)),
    );
    expect(misnamed.map(({ id }) => id)).toEqual([]);
  });

  it('have an example of each verdict that they can give', () => {
    const lacking = sources.rules.flatMap((rule) => {
      const shown = new Set(rule.examples.map(({ verdict }) => verdict));
      return verdictsOf(rule)
        .filter((verdict) => !shown.has(verdict))
        .map((verdict) => `${rule.id} lacks ${verdict}`);
    });
    expect(lacking).toEqual([]);
  });

  it('decide every example as it says', () => {
    const outcomes = runExamples(ruleSet, new Date('2026-11-23T00:00:00Z'));
    const wrong = outcomes.filter(({ problem }) => problem !== undefined);
    expect(outcomes.length).toBeGreaterThan(sources.rules.length);
    expect(
      wrong.map(({ rule, example, problem }) => `${rule.id}, "${example.name}": ${problem ?? ''}`),
    ).toEqual([]);
  });
});

// The document itself is no part of the project; where it lies beside it, our copy is held against it.
const documentPath = fromHere('../../../shared/reference/lambda-request-flow-diagrams.md');
if (existsSync(documentPath)) {
  const document = readFileSync(documentPath, 'utf8');

  describe('our copy of the reference document', () => {
    it('holds the nodes of each diagram word for word', () => {
      const order = ['api', 'events', 'batch'];
      const ours = order.map((id) => {
        const nodes = sources.diagrams.find((diagram) => diagram.id === id)?.nodes ?? [];
        return nodes.map(({ id: node, label, bullets }) => [node, label, ...bullets.map(({ text }) => text)]);
      });
      expect(ours).toEqual(drawings(document).map(nodesIn));
    });

    it('holds the arrows of each diagram', () => {
      const order = ['api', 'events', 'batch'];
      const ours = order.map((id) => {
        const edges = sources.diagrams.find((diagram) => diagram.id === id)?.edges ?? [];
        return edges.map(({ from, to, label = '', dashed = false }) => [from, to, label, dashed]);
      });
      expect(ours).toEqual(drawings(document).map(arrowsIn));
    });

    it('holds every sentence of the prose word for word', () => {
      const ours = prose.filter(({ section }) => section !== 'Introduction').map(({ text }) => text);
      expect(ours).toEqual(sentencesIn(document));
    });
  });
}

function drawings(document: string): readonly string[] {
  return [...document.matchAll(/```mermaid\n(.*?)```/gs)].map((match) => match[1] ?? '');
}

function nodesIn(drawing: string): readonly (readonly string[])[] {
  const nodes = drawing.matchAll(/^\s*(\w+)\[\(?([^\]]*?)\)?\]$/gm);
  return [...nodes].map(([, id = '', text = '']) => [
    id,
    ...text.split('<br/>').map((line) => line.replace(/^- /, '')),
  ]);
}

function arrowsIn(drawing: string): readonly (readonly (string | boolean)[])[] {
  const arrows = drawing.matchAll(/^\s*(\w+) (-->|-\.->)(?:\|([^|]*)\|)? *(\w+) *$/gm);
  return [...arrows].map(([, from = '', arrow, label = '', to = '']) => [from, to, label, arrow === '-.->']);
}

function sentencesIn(document: string): readonly string[] {
  const text = document.slice(document.indexOf('## Security Boundaries and Encryption Points'));
  const lines = [...text.matchAll(/^\s*(?:-|\d+\.) (.*)$/gm)].map(([, line = '']) =>
    line.replaceAll('**', ''),
  );
  return lines.filter((line) => !line.endsWith(':')); // a line that ends in a colon heads the list below it
}
