// After a client's build: writes .br and .gz beside every asset, and refuses a page whose first
// load is too heavy or whose HTML a strict content policy would break.
// Usage: node press.mjs BUILD_DIR [--limit KB --first NAME=ROUTE_NODE,…]
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const PRESSED = /\.(html|js|css|json|svg|txt|webmanifest)$/;
const WORTH_BYTES = 256;

const folder = process.argv[2] ?? 'build';
const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

function* filesIn(path) {
  for (const name of readdirSync(path).sort()) {
    const file = join(path, name);
    if (statSync(file).isDirectory()) yield* filesIn(file);
    else yield file;
  }
}

const gzip = (bytes) => gzipSync(bytes, { level: 9 });

function press(file) {
  const bytes = readFileSync(file);
  if (bytes.length < WORTH_BYTES) return;
  writeFileSync(`${file}.gz`, gzip(bytes));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
}

/** Everything the policy `script-src 'self' + hashes; style-src 'self'` would refuse. */
function policyMistakes(html) {
  const markup = html.replace(/<script>[\s\S]*?<\/script>/g, '');
  const mistakes = [];
  if (/<[^>]+\sstyle\s*=/.test(markup)) mistakes.push('an inline style attribute');
  if (/<style[\s>]/.test(markup)) mistakes.push('an inline style sheet');
  if (/<[^>]+\son\w+\s*=/.test(markup)) mistakes.push('an inline event handler');
  if (/(src|href)="(https?:)?\/\//.test(markup)) mistakes.push('an external address');
  return mistakes.map((what) => `index.html holds ${what}`);
}

/** What a browser fetches before it can draw: the page, what it links, and the route's own parts with all they import. */
function firstLoad(html, manifest, entries) {
  const wanted = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk || wanted.has(chunk.file)) return;
    wanted.add(chunk.file);
    for (const sheet of chunk.css ?? []) wanted.add(sheet);
    for (const next of chunk.imports ?? []) visit(next);
  };
  entries.forEach(visit);
  for (const [, path] of html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)) wanted.add(path);
  return [...wanted];
}

const html = readFileSync(join(folder, 'index.html'), 'utf8');
const mistakes = policyMistakes(html);

const limit = Number(option('--limit') ?? NaN);
if (option('--first')) {
  const manifest = JSON.parse(readFileSync(option('--manifest'), 'utf8'));
  for (const pair of option('--first').split(',')) {
    const [name, nodes] = pair.split('=');
    const keys = Object.keys(manifest).filter(
      (key) =>
        /\/(start|app)\.js$/.test(key) ||
        nodes.split('+').some((node) => key.endsWith(`nodes/${node}.js`)),
    );
    const parts = ['index.html', ...firstLoad(html, manifest, keys)];
    const bytes = parts.reduce(
      (sum, part) => sum + gzip(readFileSync(join(folder, part))).length,
      0,
    );
    const kilobytes = bytes / 1024;
    console.log(
      `first load, ${name}: ${kilobytes.toFixed(1)} KB gzip in ${parts.length} files (at most ${limit})`,
    );
    if (!(kilobytes <= limit)) mistakes.push(`the first load of ${name} is over ${limit} KB`);
  }
}

if (mistakes.length === 0)
  for (const file of [...filesIn(folder)].filter((f) => PRESSED.test(f))) press(file);
for (const mistake of mistakes) console.error(`${relative('.', folder)}: ${mistake}`);
process.exitCode = mistakes.length === 0 ? 0 : 1;
