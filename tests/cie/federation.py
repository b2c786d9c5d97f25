"""A CIE federation on a real socket: the trust anchor and one provider. It checks what we send, and lies when told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwe, jwt
from joserfc.jwk import RSAKey

from campanile_infra.identity import jose

STATEMENT = "entity-statement+jwt"
FISCAL_NUMBER = "https://attributes.eid.gov.it/fiscal_number"
TAX_CODE = "RSSMRA80A01E507I"
SUB = "pairwise-of-maria"


class Refused(AssertionError):
    """What the provider thinks is wrong with us."""


class LocalFederation:
    """`fault` chooses a lie; `level` what the provider vouches for; `party` is who may ask (see `trust`)."""

    def __init__(self, folder: Path, keys: tuple[jose.Keys, jose.Keys, jose.Keys]) -> None:
        self.ours, self.others = keys[:2]
        self.op_federation = keys[2].federation
        self.fault, self.level = "", 2
        self.parties: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, dict[str, Any]] = {}
        self.seen: set[str] = set()
        self.asked: list[str] = []
        whole = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                whole.answer(self, parse_qs(urlsplit(self.path).query))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                whole.answer(self, parse_qs(body))

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.anchor, self.provider = f"{base}/anchor", f"{base}/op"
        self.pinned = folder / "anchor.json"
        self.pinned.write_text(json.dumps(jose.public_jwks(self.ours.federation)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # -- the wire ----------------------------------------------------------------------------------

    def answer(self, request: BaseHTTPRequestHandler, fields: dict[str, list[str]]) -> None:
        path = urlsplit(request.path).path
        self.asked.append(path)
        told = {name: values[0] for name, values in fields.items()}
        pages = {
            "/anchor/.well-known/openid-federation": self.about_anchor,
            "/anchor/fetch": self.about_provider,
            "/op/.well-known/openid-federation": self.about_itself,
        }
        status, kind, headers = 200, "application/entity-statement+jwt", {}
        try:
            if path in pages:
                body = pages[path]()
            elif path == "/op/authorize":
                status, kind, body, headers = 302, "text/html", "", {"Location": self.authorize(told)}
            elif path == "/op/token":
                kind, body = "application/json", self.redeem(told)
            elif path == "/op/userinfo":
                kind, body = "application/jwt", self.userinfo(request.headers["Authorization"])
            else:
                status, body = 404, ""
        except Refused as error:
            status, kind, body = 400, "application/json", json.dumps({"error": str(error)})
        if self.fault == f"{path} breaks":
            status, body = 500, "<h1>Internal Server Error</h1>"
        if self.fault == f"{path} is endless":
            body = "x" * 1_000_000
        if self.fault == f"{path} is noise":
            body = "\0\0{["
        if self.fault == f"{path} redirects":
            status, headers = 302, {"Location": f"{self.anchor}/elsewhere"}
        request.send_response(status)
        request.send_header("Content-Type", kind)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body.encode())

    # -- the federation ----------------------------------------------------------------------------

    def about_anchor(self) -> str:
        me = {"federation_fetch_endpoint": f"{self.anchor}/fetch"}
        key = self.others.federation if self.fault == "another anchor" else self.ours.federation
        return self.statement(self.anchor, self.anchor, key, key, metadata={"federation_entity": me})

    def about_provider(self) -> str:
        vouched = self.others.federation if self.fault == "keys nobody vouched for" else self.op_federation
        key = self.others.federation if self.fault == "another word" else self.ours.federation
        policy: dict[str, Any] = {
            "openid_provider": {"id_token_signing_alg_values_supported": {"subset_of": ["RS256"]}}
        }
        if self.fault == "against the policy":
            policy = {"openid_provider": {"token_endpoint": {"one_of": ["https://elsewhere.example"]}}}
        subject = "https://another.example" if self.fault == "about somebody else" else self.provider
        late = -7200 if self.fault == "an old word" else 0
        return self.statement(self.anchor, subject, key, vouched, late=late, metadata_policy=policy)

    def about_itself(self) -> str:
        me = {
            "issuer": self.provider, "authorization_endpoint": f"{self.provider}/authorize",
            "token_endpoint": f"{self.provider}/token", "userinfo_endpoint": f"{self.provider}/userinfo",
            "jwks": jose.public_jwks(self.ours.signature),
            "id_token_signing_alg_values_supported": ["RS256", "HS256"],
        }  # fmt: skip
        kind = "JWT" if self.fault == "not a statement" else STATEMENT
        hints = ["https://another.example"] if self.fault == "another federation" else [self.anchor]
        return self.statement(
            self.provider, self.provider, self.op_federation, self.op_federation, kind=kind,
            metadata={"openid_provider": me}, authority_hints=hints,
        )  # fmt: skip

    @staticmethod
    def statement(
        issuer: str, subject: str, key: RSAKey, vouched: RSAKey, *, late: int = 0, kind: str = STATEMENT, **parts: Any
    ) -> str:
        now = int(time.time()) + late
        claims = {"iss": issuer, "sub": subject, "iat": now, "exp": now + 3600, "jwks": jose.public_jwks(vouched)}
        return jose.sign(claims | parts, key, kind=kind)

    def trust(self, configuration: str, word: str, aggregator: str) -> None:
        """Takes a town in as a provider does: its own configuration under the centre's word about it."""
        centre = jwt_claims(aggregator)
        keys = centre["jwks"]
        jose.read(aggregator, keys, kind=STATEMENT, iss=centre["sub"], sub=centre["sub"])
        told = jose.read(word, keys, kind=STATEMENT, iss=centre["sub"])
        own = jose.read(configuration, told["jwks"], kind=STATEMENT, iss=told["sub"], sub=told["sub"])
        assert own["authority_hints"] == [centre["sub"]]
        assert centre["authority_hints"] == [self.anchor]
        mark = jose.read(own["trust_marks"][0]["trust_mark"], keys, kind="trust-mark+jwt", sub=told["sub"])
        assert mark["id_code"]["ipa_code"] in told["sub"]
        party = own["metadata"]["openid_relying_party"]
        assert party["client_id"] == told["metadata_policy"]["openid_relying_party"]["client_id"]["value"]
        assert set(party["redirect_uris"]) <= set(
            told["metadata_policy"]["openid_relying_party"]["redirect_uris"]["subset_of"]
        )
        self.parties[party["client_id"]] = party

    # -- the provider ------------------------------------------------------------------------------

    def authorize(self, query: dict[str, str]) -> str:
        """After the checks, where the browser goes back to."""
        party = self.parties.get(query["client_id"])
        must(party is not None, "unknown client")
        assert party is not None
        asked = self.signed_by(party, query["request"], iss=query["client_id"], aud=self.provider)
        for name in ("client_id", "response_type", "scope", "code_challenge", "code_challenge_method"):
            must(asked[name] == query[name], f"{name} differs")
        must(asked["code_challenge_method"] == "S256" and asked["scope"] == "openid", "bad request")
        must(asked["redirect_uri"] in party["redirect_uris"], "bad redirect_uri")
        must(len(asked["state"]) >= 32 and len(asked["nonce"]) >= 32, "too little chance")
        must(asked["claims"]["userinfo"][FISCAL_NUMBER]["essential"], "no claims")
        back = {"state": asked["state"], "iss": self.provider}
        if self.fault == "cancelled":
            return f"{asked['redirect_uri']}?{urlencode(back | {'error': 'access_denied'})}"
        if self.fault == "another iss":
            back["iss"] = "https://another.example"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode(back | {'code': code})}"

    def redeem(self, form: dict[str, str]) -> str:
        asked = self.codes.pop(form["code"], None)
        must(asked is not None, "invalid_grant")
        assert asked is not None
        party = self.parties[form["client_id"]]
        must(
            asked["client_id"] == form["client_id"] and asked["redirect_uri"] == form["redirect_uri"], "invalid_grant"
        )
        must(b64(hashlib.sha256(form["code_verifier"].encode()).digest()) == asked["code_challenge"], "pkce")
        must(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "bad client")
        who = self.signed_by(party, form["client_assertion"], iss=form["client_id"], sub=form["client_id"],
                             aud=f"{self.provider}/token")  # fmt: skip
        must(who["jti"] not in self.seen, "assertion used twice")
        self.seen.add(who["jti"])
        access_token = secrets.token_urlsafe(24)
        self.codes[access_token] = asked
        return json.dumps({"access_token": access_token, "token_type": "Bearer", "expires_in": 300,
                           "id_token": self.id_token(asked, access_token)})  # fmt: skip

    def id_token(self, asked: dict[str, Any], access_token: str) -> str:
        fault, now = self.fault, int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.provider, "sub": SUB, "aud": [asked["client_id"]], "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "acr": f"https://www.spid.gov.it/SpidL{self.level}", "at_hash": b64(half),
        }  # fmt: skip
        lies: dict[str, dict[str, Any]] = {
            "another issuer": {"iss": "https://another.example"}, "another audience": {"aud": ["https://another.example"]},
            "another nonce": {"nonce": "x" * 43}, "expired": {"iat": now - 900, "exp": now - 600},
            "from the future": {"iat": now + 900, "exp": now + 1200}, "no end": {"exp": None},
            "an old one": {"iat": now - 900}, "too low a level": {"acr": "https://www.spid.gov.it/SpidL1"},
            "no level": {"acr": None}, "another access token": {"at_hash": b64(b"0" * 16)},
        }  # fmt: skip
        claims |= lies.get(fault, {})
        return self.token(claims, fault)

    def token(self, claims: dict[str, Any], fault: str) -> str:
        key = self.ours.signature
        if fault == "another key":
            return jose.sign(claims, self.others.signature)
        if fault == "another key under the same name":
            header = {"alg": "RS256", "kid": key.kid}
            return jwt.encode(header, claims, self.others.signature, algorithms=["RS256"])
        if fault == "no signature":
            return f"{b64(json.dumps({'alg': 'none', 'kid': key.kid}).encode())}.{b64(json.dumps(claims).encode())}."
        if fault == "public key as a secret":
            text = f"{b64(json.dumps({'alg': 'HS256', 'kid': key.kid}).encode())}.{b64(json.dumps(claims).encode())}"
            return f"{text}.{b64(hmac.new(key.as_pem(private=False), text.encode(), hashlib.sha256).digest())}"
        if fault == "key inside the token":
            header = {"alg": "RS256", "jwk": dict(self.others.signature.as_dict(private=False))}
            return jwt.encode(header, claims, self.others.signature, algorithms=["RS256"])
        signed = jose.sign(claims, key)
        if fault == "altered":
            head, body, signature = signed.split(".")
            changed = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "somebody"}
            return f"{head}.{b64(json.dumps(changed).encode())}.{signature}"
        return signed

    def userinfo(self, authorization: str) -> str:
        asked = self.codes.pop(authorization.removeprefix("Bearer "), None)
        must(asked is not None, "invalid_token")
        assert asked is not None
        now, fault = int(time.time()), self.fault.removeprefix("userinfo: ")
        claims: dict[str, Any] = {
            "iss": self.provider, "aud": asked["client_id"], "sub": SUB, "iat": now, "exp": now + 300,
            "given_name": "Maria", "family_name": "Rossi", FISCAL_NUMBER: f"TINIT-{TAX_CODE}",
        }  # fmt: skip
        lies: dict[str, dict[str, Any]] = {
            "another person": {"sub": "somebody"}, "no tax code": {FISCAL_NUMBER: None},
            "bad tax code": {FISCAL_NUMBER: "TINIT-RSSMRA80A01E507Z"}, "a number for a name": {"given_name": 7},
        }  # fmt: skip
        claims |= lies.get(fault, {})
        signed = self.token(claims, fault if self.fault.startswith("userinfo") else "")
        if fault == "not sealed":
            return signed
        public = self.parties[asked["client_id"]]["jwks"]["keys"][1]
        header = {"alg": "RSA-OAEP", "enc": "A256CBC-HS512", "kid": public["kid"]}
        key = self.others.encryption if fault == "sealed for another" else RSAKey.import_key(public)
        return jwe.encrypt_compact(header, signed, key, algorithms=["RSA-OAEP", "A256CBC-HS512"])

    @staticmethod
    def signed_by(party: dict[str, Any], token: str, **expected: Any) -> dict[str, Any]:
        try:
            return jose.read(token, party["jwks"], **expected)
        except jose.NotBelievable as error:
            raise Refused(f"not signed by the client: {error}") from error


def jwt_claims(token: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==")))


def must(fits: bool, complaint: str) -> None:
    if not fits:
        raise Refused(complaint)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
