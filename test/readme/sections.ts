/** The parts of the README that are generated: the codes from the catalogue, the operations from the contract, the flags from the settings. */
import { loadContract } from '../../src/openapi/load-contract.js';
import { CATALOGUE, type CatalogueEntry } from '../../src/index.js';
import { ACTION_TYPES } from '../../src/studio/actions/index.js';
import { environmentName, SETTING_NAMES, SETTINGS } from '../../src/config/settings.js';

export const README = new URL('../../README.md', import.meta.url);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function statusOf(entry: CatalogueEntry): string {
  if (entry.kind === 'warning') return entry.level;
  if (entry.status === 499) return 'in the trace only';
  const { status } = entry;
  if (typeof status !== 'object') return String(status);
  if (status.path !== undefined) return `${String(status.path)} in a path, ${String(status.elsewhere)} elsewhere`;
  const families = Object.entries(status.families ?? {}).map(([name, one]) => `${String(one)} in ${name}`);
  return `${families.join(', ')}; ${String(status.elsewhere)} elsewhere`;
}

function codes(kind: CatalogueEntry['kind']): string {
  const rows = Object.entries(CATALOGUE)
    .filter(([, entry]) => entry.kind === kind)
    .map(([code, entry]) => [`\`${code}\``, statusOf(entry), entry.when, entry.provenance]);
  return table(['code', kind === 'refusal' ? 'status' : 'level', 'when', 'known from'], rows);
}

async function operations(): Promise<string> {
  const contract = await loadContract('');
  return table(
    ['operation', 'what it does', 'known from'],
    [...contract.operations.values()].map(({ method, path, summary, provenance }) => [
      `\`${method} ${path}\``,
      summary,
      provenance,
    ]),
  );
}

function actions(): string {
  return table(
    ['action', 'branches', 'what it does', 'known from'],
    [...ACTION_TYPES.values()].map(({ name, branches, ends, summary, provenance }) => [
      `\`${name}\``,
      branches === undefined
        ? 'as the file names them, `Default`'
        : ends === 'always'
          ? ''
          : (branches.length === 0 ? ['Default'] : branches).map((branch) => `\`${branch}\``).join(' '),
      summary,
      provenance,
    ]),
  );
}

function flags(): string {
  return table(
    ['flag', 'environment', 'default', 'what it does'],
    SETTING_NAMES.flatMap((name) => {
      const { flag, help, default: fallback } = SETTINGS[name];
      if (flag === undefined) return [];
      const shown = typeof fallback === 'string' || typeof fallback === 'number' ? `\`${String(fallback)}\`` : '';
      return [
        [`\`--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}\``, `\`${environmentName(name)}\``, shown, help],
      ];
    }),
  );
}

/** The README with its generated parts renewed, between `<!-- name -->` and `<!-- /name -->`. */
export async function renewed(readme: string): Promise<string> {
  const sections = {
    refusals: codes('refusal'),
    warnings: codes('warning'),
    operations: await operations(),
    actions: actions(),
    flags: flags(),
  };
  return Object.entries(sections).reduce(
    (text, [name, section]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*?(\n<!-- /${name} -->)`),
        (_, open: string, close: string) => `${open}\n${section}\n${close}`,
      ),
    readme,
  );
}
