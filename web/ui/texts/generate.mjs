// Writes ui/texts.ts and ui/texts.en.ts from server/texts/{ru,en}.toml; with --check only compares.
// One exported constant per section, so a client carries the sections it imports and no others.
// Refuses a language whose keys or {gaps} differ from the Russian source.
import { readFileSync, writeFileSync } from 'node:fs';
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

const render = (language, catalogue) =>
  `// Generated from server/texts/${language}.toml by \`npm run texts\`. Do not edit.\n` +
  Object.entries(catalogue)
    .map(
      ([section, texts]) =>
        `\nexport const ${section} = ${JSON.stringify(texts, null, 2)} as const;\n`,
    )
    .join('');

const read = (language) => parse(readFileSync(new URL(`${language}.toml`, SOURCE), 'utf8'));
const ru = read('ru');
const en = read('en');
const mistakes = [...mistakesOf(ru, ru, 'ru'), ...mistakesOf(ru, en, 'en')];

for (const [file, text] of [
  ['../texts.ts', render('ru', ru)],
  ['../texts.en.ts', render('en', en)],
]) {
  const target = new URL(file, import.meta.url);
  if (!process.argv.includes('--check')) {
    if (mistakes.length === 0) writeFileSync(target, text);
  } else if (readFileSync(target, 'utf8') !== text) {
    mistakes.push(`web/ui/${file.slice(3)} is stale: run npm run texts`);
  }
}
for (const mistake of mistakes) console.error(mistake);
process.exitCode = mistakes.length === 0 ? 0 : 1;
