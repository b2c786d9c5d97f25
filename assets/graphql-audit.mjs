// The audits of graphql-http (GraphQL over HTTP) against a running server: `node graphql-audit.mjs URL`.
// Prints one JSON line: how many are ok, and each that is not.
import dns from 'node:dns';
import { auditServer } from 'graphql-http';

const lookup = dns.lookup; // towns of a trial are hosts below localhost, which not every system resolves
dns.lookup = (host, options, done) => lookup(host.endsWith('.localhost') ? 'localhost' : host, { ...options, family: 4 }, done);

const results = await auditServer({ url: process.argv[2] });
const bad = results.filter((result) => result.status !== 'ok');
const told = bad.map(({ id, name, status, reason }) => ({ id, name, status, reason: String(reason) }));
console.log(JSON.stringify({ total: results.length, ok: results.length - bad.length, bad: told }));
