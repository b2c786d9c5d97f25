// Everything works without this file; it makes some things quicker.
import htmx from 'htmx.org';

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;

// After a refused form the summary of errors is read first.
document.getElementById('errors')?.focus();

// Keyboard in inboxes: j/k move, / searches.
document.addEventListener('keydown', (event) => {
  if (event.target.closest('input, textarea, select') || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...document.querySelectorAll('.inbox-list .report-list a')];
  if (event.key === '/' && document.getElementById('search')) {
    event.preventDefault();
    document.getElementById('search').focus();
  } else if (links.length && (event.key === 'j' || event.key === 'k')) {
    const here = links.findIndex((link) => link === document.activeElement || link.getAttribute('aria-current') === 'true');
    const next = event.key === 'j' ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
    links[next].focus();
  }
});
