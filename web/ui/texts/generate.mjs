// Writes ui/texts.ts, ui/texts/ru/ and ui/texts.en.ts from server/texts/{ru,en}.toml; with --check only
// compares. One constant and one file per section, so a page fetches the sections it shows and no others;
// another language comes as a whole. Refuses a language whose keys or {gaps} differ from the Russian source.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'smol-toml';

const SOURCE = new URL('../../../server/texts/', import.meta.url);
const PLURALS = { ru: ['one', 'few', 'many'], en: ['one', 'other'] };

const gapsOf = (text) => [...new Set(String(text).match(/\{\w+\}/g) ?? [])].sort().join(' ');

/** What is wrong with `text`, the translation of `source`; nothing when it fits. */
function mismatch(source, text, language) {
  if (text === undefined) return 'is missing';
  if (typeof source === 'string') {
    if (typeof text !== 'string') return 'must be a text';
    return gapsOf(source) === gapsOf(text)
      ? null
      : `has gaps ${gapsOf(text)}, not ${gapsOf(source)}`;
  }
  if (Array.isArray(source)) {
    return Array.isArray(text) && text.length === source.length
      ? null
      : `must list ${source.length}`;
  }
  const forms = PLURALS[language];
  if (typeof text !== 'object' || Object.keys(text).join() !== forms.join()) {
    return `must have the forms ${forms.join(', ')}`;
  }
  const odd = Object.values(text).find((form) => gapsOf(form) !== gapsOf(source.many));
  return odd === undefined ? null : `has a form with other gaps: ${odd}`;
}

function mistakesOf(ru, other, language) {
  const mistakes = [];
  for (const [section, texts] of Object.entries(ru)) {
    for (const [key, source] of Object.entries(texts)) {
      const wrong = mismatch(source, other[section]?.[key], language);
      if (wrong) mistakes.push(`${language}.toml: ${section}.${key} ${wrong}`);
    }
  }
  for (const [section, texts] of Object.entries(other)) {
    for (const key of Object.keys(texts)) {
      if (ru[section]?.[key] === undefined) {
        mistakes.push(`${language}.toml: ${section}.${key} is not in ru.toml`);
      }
    }
  }
  return mistakes;
}

const head = (language) =>
  `// Generated from server/texts/${language}.toml by \`npm run texts\`. Do not edit.\n`;
const fetched = ([section, texts]) =>
  `\nimport { section } from '../section.ts';\n\n` +
  `export const ${section} = /* @__PURE__ */ section('${section}', ${JSON.stringify(texts, null, 2)});\n`;
const constant = ([section, texts]) =>
  `\nexport const ${section} = ${JSON.stringify(texts, null, 2)} as const;\n`;

const read = (language) => parse(readFileSync(new URL(`${language}.toml`, SOURCE), 'utf8'));
function held(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
const ru = read('ru');
const en = read('en');
const mistakes = [...mistakesOf(ru, ru, 'ru'), ...mistakesOf(ru, en, 'en')];

const FOLDER = new URL('./ru/', import.meta.url);
const files = new Map([
  ...Object.entries(ru).map((section) => [
    `texts/ru/${section[0]}.ts`,
    head('ru') + fetched(section),
  ]),
  [
    'texts.ts',
    `${head('ru')}\n${Object.keys(ru)
      .map((section) => `export { ${section} } from './texts/ru/${section}.ts';\n`)
      .join('')}`,
  ],
  ['texts.en.ts', head('en') + Object.entries(en).map(constant).join('')],
]);
mkdirSync(FOLDER, { recursive: true });
const left = readdirSync(FOLDER).filter((name) => !files.has(`texts/ru/${name}`));
const stale = (file) => `web/ui/${file} is stale: run npm run texts`;

if (process.argv.includes('--check')) {
  mistakes.push(...left.map((name) => stale(`texts/ru/${name}`)));
  for (const [file, text] of files) {
    if (held(new URL(`../${file}`, import.meta.url)) !== text) mistakes.push(stale(file));
  }
} else if (mistakes.length === 0) {
  for (const name of left) rmSync(new URL(name, FOLDER));
  for (const [file, text] of files) writeFileSync(new URL(`../${file}`, import.meta.url), text);
}
for (const mistake of mistakes) console.error(mistake);
process.exitCode = mistakes.length === 0 ? 0 : 1;
