// Reports in one piece, as tests look at them.
import * as asff from '../../../src/report/asff.ts';
import * as csv from '../../../src/report/csv.ts';
import * as gitlab from '../../../src/report/gitlab.ts';
import * as html from '../../../src/report/html/render-html.ts';
import * as json from '../../../src/report/json.ts';
import * as ocsf from '../../../src/report/ocsf.ts';
import * as oscal from '../../../src/report/oscal.ts';
import * as sarif from '../../../src/report/sarif.ts';

type Render<Given extends readonly unknown[]> = (...given: Given) => Iterable<string>;

const whole =
  <Given extends readonly unknown[]>(render: Render<Given>) =>
  (...given: Given): string =>
    [...render(...given)].join('');

export const renderAsff = whole(asff.renderAsff);
export const renderCsv = whole(csv.renderCsv);
export const renderGitlab = whole(gitlab.renderGitlab);
export const renderJson = whole(json.renderJson);
export const renderOcsf = whole(ocsf.renderOcsf);
export const renderOscal = whole(oscal.renderOscal);
export const renderSarif = whole(sarif.renderSarif);
export const renderHtml = async (...given: Parameters<typeof html.renderHtml>): Promise<string> =>
  [...(await html.renderHtml(...given))].join('');
