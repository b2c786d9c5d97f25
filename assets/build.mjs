// Bundles the front-end: src/*.js and src/*.css into dist/campanile/, with fonts, icons and axe for the tests.
// Django's manifest storage hashes the names afterwards.
import { build } from 'esbuild';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { PurgeCSS } from 'purgecss';

const out = 'dist/campanile';
await rm('dist', { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: ['src/campanile.js', 'src/campanile.css', 'src/map.js', 'src/map.css', 'src/graphiql.jsx', 'src/explorer.css'],
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
await cp('node_modules/bootstrap-italia/dist/svg/sprites.svg', `${out}/sprites.svg`);
await cp('src/icon.svg', `${out}/icon.svg`);

// Only the CSS in use: what no template, form or script names is left out.
const pages = ['tenants', 'modules', 'platform', 'graphql'].flatMap((floor) => [`../${floor}/**/*.html`, `../${floor}/**/*.py`]);
const [used] = await new PurgeCSS().purge({
  content: [...pages, 'src/*.js'],
  css: [`${out}/campanile.css`],
  variables: false,
  fontFace: false,
  safelist: { standard: [/^state-/, /^is-/, /^event-/, /^alert-/], deep: [/^it-header/] },
});
// A carousel's icons come as a font inside the style sheet: we have no carousel, and the page's policy allows no such font.
await writeFile(`${out}/campanile.css`, used.css.replace(/@font-face\s*\{[^}]*url\("?data:[^}]*\}/g, ''));
