// Reads all open reports of a town, page by page: `node reports.mjs https://lecco.example/graphql/ [token]`.
// Needs nothing but Node.js 20. With a token (back office, API tokens) it sees what the token may see.
const QUERY = `query Reports($after: String) {
  reportingReports(first: 50, after: $after, filterBy: {state: [SUBMITTED, IN_CHARGE]}) {
    nodes { code state createdAt category { name } }
    pageInfo { hasNextPage endCursor }
  }
}`;

async function ask(url, query, variables, token) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  for (;;) {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    if (answer.status === 429) {
      // the points of this minute are used up
      await new Promise((done) => setTimeout(done, 1000 * Number(answer.headers.get('Retry-After'))));
      continue;
    }
    const told = await answer.json();
    if (told.errors) throw new Error(told.errors[0].message);
    return told.data;
  }
}

const [url, token] = process.argv.slice(2);
let after = null;
do {
  const page = (await ask(url, QUERY, { after }, token)).reportingReports;
  for (const { code, state, category } of page.nodes) console.log([code, state, category.name].join('\t'));
  after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
} while (after);
