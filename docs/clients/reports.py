"""Reads all open reports of a town, page by page: `python reports.py https://lecco.example/graphql/ [token]`.

Needs nothing but Python. With a token (back office, API tokens) it sees what the token may see.
"""

import json
import sys
import time
import urllib.error
import urllib.request

QUERY = """query Reports($after: String) {
  reportingReports(first: 50, after: $after, filterBy: {state: [SUBMITTED, IN_CHARGE]}) {
    nodes { code state createdAt category { name } }
    pageInfo { hasNextPage endCursor }
  }
}"""


def ask(url, query, variables, token=None):
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps({"query": query, "variables": variables}).encode()
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 429:  # the points of this minute are used up
                time.sleep(int(error.headers["Retry-After"]))
                continue
            raise SystemExit(json.load(error)["errors"][0]["message"]) from None
        if "errors" in told:
            raise SystemExit(told["errors"][0]["message"])
        return told["data"]


def main(url, token=None):
    after = None
    while True:
        page = ask(url, QUERY, {"after": after}, token)["reportingReports"]
        for report in page["nodes"]:
            print(report["code"], report["state"], report["category"]["name"], sep="\t")
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


if __name__ == "__main__":
    main(*sys.argv[1:])
