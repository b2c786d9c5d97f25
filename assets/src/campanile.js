// Everything works without this file; it makes some things quicker.
import htmx from 'htmx.org';
import './passkey.js';

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

// Buttons that print the page.
for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => window.print());


// How long a grant still lasts, beside its end.
for (const end of document.querySelectorAll('time[data-countdown]')) {
  const say = () => {
    const minutes = Math.max(0, Math.round((new Date(end.dateTime) - Date.now()) / 60000));
    end.textContent = `${end.textContent.split(' ')[0]} (${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')})`;
  };
  say();
  setInterval(say, 30000);
}

// What changed since the page was read: said, and shown when asked, so that nothing moves under one's eyes.
for (const note of document.querySelectorAll('[data-live]')) {
  const changed = new Set();
  const [words, link] = note.children;
  const say = () => {
    words.textContent = changed.size === 1 ? note.dataset.one : `${note.dataset.many} ${changed.size}`;
    link.href = window.location.href;
    link.hidden = false;
  };
  const source = new EventSource(note.dataset.live);
  source.addEventListener('next', (event) => {
    const [row] = Object.values(JSON.parse(event.data).data ?? {});
    if (row) {
      changed.add(row.code);
      say();
    }
  });
  source.addEventListener('complete', () => source.close());
  window.addEventListener('pagehide', () => source.close());
}
