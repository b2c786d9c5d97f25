// Bundles the front-end: src/*.js and src/*.css into dist/campanile/, with fonts, icons and axe for the tests.
// Django's manifest storage hashes the names afterwards.
import { build, transform } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile, cp } from 'node:fs/promises';
import { PurgeCSS } from 'purgecss';

const out = 'dist/campanile';
await rm('dist', { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: ['src/campanile.js', 'src/campanile.css', 'src/map.js', 'src/worker.js', 'src/map.css', 'src/graphiql.jsx', 'src/explorer.css'],
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2020',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.woff': 'empty', '.woff2': 'file', '.ttf': 'empty', '.eot': 'empty', '.svg': 'dataurl', '.png': 'dataurl' },
  assetNames: 'fonts/[name]',
  legalComments: 'none',
  logLevel: 'warning',
});
await cp('src/icon.svg', `${out}/icon.svg`);

// Only the icons in use.
const floors = ['tenants', 'modules', 'platform', 'graphql'];
const listed = await Promise.all(floors.map(async (floor) => (await readdir(`../${floor}`, { recursive: true })).map((name) => `../${floor}/${name}`)));
const sources = listed.flat().filter((file) => /\.(html|py)$/.test(file));
const words = new Set();
for (const file of sources) for (const [name] of (await readFile(file, 'utf8')).matchAll(/\bit-[a-z0-9-]+/g)) words.add(name);
const sprites = await readFile('node_modules/bootstrap-italia/dist/svg/sprites.svg', 'utf8');
const symbols = [...sprites.matchAll(/<symbol[^>]*id="([^"]+)"[\s\S]*?<\/symbol>/g)].filter(([, id]) => words.has(id)).map(([symbol]) => symbol);
await writeFile(`${out}/sprites.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);

// Only the CSS in use, once for the towns' sites and once for everything: what no template, form or script names is left out.
// The design system's blue becomes the town's colour. A carousel's icons come as a font inside the style sheet: we have no
// carousel, and the page's policy allows no such font.
const whole = await readFile(`${out}/campanile.css`, 'utf8');
const colours = (await transform(await readFile('src/colours.css', 'utf8'), { loader: 'css', minify: true })).code;
const inside = /\/(office|centre|onboarding|privacy|gateway|graphql|mfa|usersessions)\//;
const pages = sources.filter((file) => !file.endsWith('.py') || /forms|templatetags|widgets|states|models/.test(file));
for (const [name, content] of [['portal', pages.filter((file) => !inside.test(file) && !/_office|inbox/.test(file))], ['campanile', sources]]) {
  const [used] = await new PurgeCSS().purge({
    content: [...content, 'src/*.js'],
    css: [{ raw: whole }],
    variables: false,
    fontFace: false,
    safelist: { standard: [/^star/, /^state-/, /^is-/, /^event-/, /^alert-/, /^colour-/, /^strip-/, /^band-/, /^day-/, 'pin'], deep: [/^it-header/] },
  });
  const coloured = used.css
    .replace(/@font-face\s*\{[^}]*url\("?data:[^}]*\}/g, '')
    .replace(/#06c\b|#0066cc\b|hsl\(210, ?100%, ?40%\)/g, 'var(--primary)')
    .replace(/#0059b3\b|#005bb7\b|#0057ad\b/g, 'var(--primary-2)')
    .replace(/#004080\b|#004d99\b/g, 'var(--primary-3)');
  await writeFile(`${out}/${name}.css`, coloured + colours);
}
